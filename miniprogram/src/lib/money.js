const words = require('./words')

/** @param {number} fen @returns {string} 12345 → "123.45" */
function yuan(fen) {
  const whole = Math.trunc(Math.abs(fen) / 100)
  const rest = String(Math.abs(fen) % 100).padStart(2, '0')
  return `${fen < 0 ? '-' : ''}${whole}.${rest}`
}

/** @param {number} fen @returns {string} 12345 → "123.45元" */
const inYuan = (fen) => `${yuan(fen)}${words.yuan}`

/** @param {number | null} fen @returns {string} a sum that is not told yet is a line */
const maybeYuan = (fen) => (fen === null ? '—' : yuan(fen))

module.exports = { yuan, inYuan, maybeYuan }
