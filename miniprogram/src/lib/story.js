/** A matter as a page shows it. `now` in milliseconds. */
const { moment, until } = require('./time')
const { base } = require('../config')

/** How far along the way: received, given out, in work, to be looked at, done. */
const STAGES = { collected: 0, filed: 0, dispatched: 1, handling: 2, finished: 3, closed: 4, rated: 4 }
const ENDED = ['closed', 'rated', 'void']

/** @param {{url: string}[] | undefined} photos @returns {{url: string}[]} with addresses that WeChat can open */
const pictures = (photos) => (photos || []).map((one) => ({ ...one, url: address(one.url) }))

/** Of a matter: what was reported, and how it looks since it is said to be done. @param {any[]} photos */
const parted = (photos) => ({
  photos: pictures(photos.filter((one) => one.part === 'report')),
  proof: pictures(photos.filter((one) => one.part === 'before' || one.part === 'finish')),
})

/** @param {string} path as the server gives it, with or without its host */
const address = (path) => (path.startsWith('/') ? `${base}${path}` : path)

/** @param {{name: string, role: string, employer: string | null} | null} who @returns {string} 包保干部李卫东 */
const named = (who) => (who ? `${who.role}${who.name}` : '')

/** @param {any} step @param {number} now @param {number} index */
const line = (step, now, index) => ({
  id: `${step.at}${index}`, at: moment(step.at, now), words: step.words, photos: pictures(step.photos),
})

/** @param {any[]} steps oldest first, as the server gives them @param {number} now */
const story = (steps, now) => steps.map((step, index) => line(step, now, index)).reverse()

/** @param {string} state @param {string[]} names of the stops @returns {{name: string, look: string}[]} none for what is void */
function way(state, names) {
  const stage = STAGES[state]
  if (stage === undefined) return []
  const look = (index) => (index < stage || stage === 4 ? 'way-done' : index === stage ? 'way-now' : '')
  return names.map((name, index) => ({ name, look: look(index) }))
}

/** One matter in a list. @param {any} one @param {number} now */
function row(one, now) {
  const ended = ENDED.includes(one.state)
  const due = ended || one.state === 'finished' ? { words: '', late: false } : until(one.due_at, now)
  const tone = ended ? '' : one.state === 'finished' ? 'near' : 'good'
  return {
    id: one.id, number: one.number, state: one.state_label, tone, text: one.text || one.category_label || '', place: one.place,
    at: moment(one.reported_at, now), due: due.words, late: due.late,
  }
}

module.exports = { story, way, row, pictures, parted, address, named, ENDED }
