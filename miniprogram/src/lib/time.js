/** Times as people say them, in Shanghai whatever the telephone thinks: the town has one clock. */
const words = require('./words')

const HOUR = 3600 * 1000
const DAY = 24 * HOUR

/** @param {string | number} at ISO 8601 or milliseconds @returns {{y: number, m: number, d: number, clock: string, day: number}} */
function parts(at) {
  const moved = new Date((typeof at === 'number' ? at : Date.parse(at)) + 8 * HOUR)
  const two = (number) => String(number).padStart(2, '0')
  return {
    y: moved.getUTCFullYear(), m: moved.getUTCMonth() + 1, d: moved.getUTCDate(),
    clock: `${two(moved.getUTCHours())}:${two(moved.getUTCMinutes())}`,
    day: Math.floor(moved.getTime() / DAY),
  }
}

/** @param {string | null} at @param {number} now milliseconds @returns {string} 今天 14:05, 昨天 08:00, 3月5日 09:30 */
function moment(at, now) {
  if (!at) return ''
  const then = parts(at)
  const today = parts(now)
  const near = { 0: words.today, 1: words.yesterday, [-1]: words.tomorrow }[today.day - then.day]
  return `${near || date(at, now)} ${then.clock}`
}

/** @param {string | null} at @param {number} now @returns {string} 3月5日, with its year when that is another one */
function date(at, now) {
  if (!at) return ''
  const then = parts(at)
  const year = then.y === parts(now).y ? '' : `${then.y}${words.year}`
  return `${year}${then.m}${words.month}${then.d}${words.day}`
}

/** @param {string | null} at a limit @param {number} now @returns {{words: string, late: boolean}} */
function until(at, now) {
  if (!at) return { words: '', late: false }
  const left = Date.parse(at) - now
  if (left <= 0) return { words: words.over, late: true }
  if (left < 60000) return { words: words.soon, late: false }
  const said =
    left >= DAY ? `${Math.floor(left / DAY)}${words.days}`
    : left >= HOUR ? `${Math.floor(left / HOUR)}${words.hours}`
    : `${Math.floor(left / 60000)}${words.minutes}`
  return { words: `${words.left}${said}`, late: false }
}

/** @param {number} at milliseconds @returns {string} ISO 8601 on the clock of Shanghai, whole seconds */
const stamp = (at) => `${new Date(at + 8 * HOUR).toISOString().slice(0, 19)}+08:00`

module.exports = { moment, date, until, stamp }
