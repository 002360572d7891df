/**
 * Where a code leads. A door's sticker says https://…/q/CODE (plain link, rule "/q/"), a mini-program code says
 * scene=SIGNS; WeChat hands both over percent-encoded.
 */

const SIGNS = /^[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{1,32}$/

/** @param {string | undefined} text */
function decoded(text) {
  try {
    return decodeURIComponent(text || '')
  } catch (error) {
    return ''
  }
}

/**
 * @param {Record<string, string | undefined>} query as a page gets it
 * @returns {{scene: string, door: string}} "" where there is none
 */
function fromQuery(query) {
  const link = decoded(query.q)
  const scene = decoded(query.scene)
  return { scene: SIGNS.test(scene) ? scene : '', door: query.door ? doorOf(`/q/${query.door}`) : doorOf(link) }
}

/** @param {string} text what the scanner read @returns {{scene: string, door: string}} */
function fromScan(text) {
  const scene = /[?&]scene=([^&#]+)/.exec(text)
  return fromQuery({ q: encodeURIComponent(text), scene: scene ? scene[1] : '' })
}

/** @param {string} link */
function doorOf(link) {
  const hit = /\/q\/([0-9A-Za-z_-]{4,64})(?:[/?#]|$)/.exec(link)
  return hit ? hit[1] : ''
}

module.exports = { fromQuery, fromScan }
