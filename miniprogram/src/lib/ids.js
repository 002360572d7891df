/** A name that nothing else has, for drafts and for requests that may be repeated. 32 signs. */
function fresh() {
  const signs = 'abcdefghijklmnopqrstuvwxyz0123456789'
  let made = Date.now().toString(36)
  while (made.length < 32) made += signs[Math.floor(Math.random() * signs.length)]
  return made.slice(0, 32)
}

module.exports = { fresh }
