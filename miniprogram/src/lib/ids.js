/** A name that nothing else has, for drafts and for requests that may be repeated. 32 signs. */
function fresh() {
  const signs = 'abcdefghijklmnopqrstuvwxyz0123456789'
  let made = Date.now().toString(36)
  while (made.length < 32) made += signs[Math.floor(Math.random() * signs.length)]
  return made.slice(0, 32)
}

/**
 * Names for what one form asks: the same as long as the same is asked, because a copy over a bad line is one act;
 * another for other words, because those are wanted too.
 * @returns {(asked: any) => string}
 */
function wishes() {
  let last = ''
  let key = ''
  return (asked) => {
    const said = JSON.stringify(asked)
    if (said !== last) [last, key] = [said, fresh()]
    return key
  }
}

module.exports = { fresh, wishes }
