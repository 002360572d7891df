/** The app's parts put together once: pages take what they need from here. */
const platform = require('./platform')
const { base } = require('../config')
const { createApi, Trouble } = require('./api')
const { createDrafts } = require('./drafts')
const { withPhotos } = require('./uploads')
const spots = require('./spot')

const ME = 'me'
const ELDER = 'elder'
const AGREED = 'agreed'
const BEGUN = 'begun'
/** The doors of a cadre's grid, for stairwells without a network. */
const DOORS = 'visit-homes'
const PERSONAL = [ME, spots.SPOT, spots.HOME, DOORS]

const api = createApi({ platform, base, entered: (who) => known(who) })

/** Reports that wait: body as POST /reports takes it, without the photos. */
const reports = createDrafts({
  api, platform, key: 'drafts',
  send: (to, draft, photos) =>
    to.ask('report', { body: { ...draft.body, draft_id: draft.id, photos }, key: draft.id }),
})

/** Visits that wait, each with a sync_id that makes the same visit the same for ever. */
const visits = createDrafts({
  api, platform, key: 'visits',
  send: (to, draft) => to.ask('visit', { body: { ...draft.body, sync_id: draft.id }, key: draft.id }),
})

/** @returns {any} who this is as the server last said it, or null */
const me = () => platform.kept(ME)

/** @returns {Promise<any>} the same, asked anew */
async function whoAmI() {
  return known(await api.ask('me'))
}

/** @param {any} who as GET /me says it */
function known(who) {
  platform.keep(ME, who)
  platform.keep(ELDER, who.elder ? true : null)
  // because the notice has a new version, or its yes was taken back on another telephone
  if (who.consents_due.includes('basic')) platform.keep(AGREED, null)
  return who
}

const big = () => Boolean(platform.kept(ELDER))

/** Large type on this telephone at once; the server keeps it for the person's next one. */
async function setBig(on) {
  platform.keep(ELDER, on ? true : null)
  known(await api.ask('me.change', { body: { elder: on } }))
}

/** @returns {boolean} the notice of what happens to personal data was agreed to on this telephone */
const agreed = () => Boolean(platform.kept(AGREED))
const agree = (version) => platform.keep(AGREED, version)

/**
 * Whatever this telephone knows of the person is forgotten; what has not been sent stays. The notice stands at the
 * door again, because WeChat would let the person in with the next request.
 */
async function leave() {
  agree(null)
  await api.leave().catch(() => undefined)
  for (const shelf of PERSONAL) platform.keep(shelf, null)
}

/** A no to being located forgets the point that was kept for the next report. */
function forgetPoint() {
  const spot = spots.last(platform)
  if (spot && spot.lat !== undefined) platform.keep(spots.SPOT, null)
}

/**
 * A report that was begun: on another page, or on its own before the telephone rang.
 * @typedef {{text: string, category: string, photos?: import('./uploads').Photo[]}} Begun
 * @param {Begun} said
 */
const begin = (said) => platform.keep(BEGUN, said)
/** @returns {Begun | null} once */
function begun() {
  const said = platform.kept(BEGUN)
  platform.keep(BEGUN, null)
  return said
}

/** @type {any} */
let answered = null
/** A report that arrived, for the page that shows it: over a bad line it need not be asked for. @param {any} made */
const arrived = (made) => {
  answered = made
}
/** @param {string} id @returns {any} as POST /reports answered, or null */
const lately = (id) => (answered && answered.id === id ? answered : null)

/**
 * What carries pictures and is no draft: they go first, and are kept in the telephone no longer than until it is done.
 * @param {import('./uploads').Photo[]} photos @param {(ids: string[]) => Promise<any>} send ids of uploads, in order
 */
async function sendWith(photos, send) {
  const answer = await withPhotos({ api, platform }, photos, send)
  await forget(photos)
  return answer
}

/** @param {import('./uploads').Photo[]} photos */
const forget = (photos) => Promise.all(photos.map((photo) => platform.removeFile(photo.path)))

/** Sends what waits: at the start, and whenever the network comes back. */
async function catchUp() {
  if (!agreed()) return
  await reports.deliverAll()
  await visits.deliverAll()
}

/**
 * What may be asked for in a moment. Nothing over a bad line: that we could not ask is no reason to show nothing.
 * @param {string} moment @returns {Promise<string[]>} templates
 */
async function mayTell(moment) {
  try {
    return (await api.ask('subscriptions', { query: { moment } })).template_ids
  } catch (error) {
    if (!(error instanceof Trouble) || !error.passes) throw error
    return []
  }
}

/**
 * Asks whether WeChat may tell the person, in the moment when it makes sense; called from a tap, because the
 * platform allows nothing else.
 * @param {string} moment @param {string[]} templates of mayTell
 * @returns {Promise<boolean>} somebody will be told
 */
async function askToTell(moment, templates) {
  let results
  try {
    results = await platform.askToTell(templates)
  } catch (error) {
    // because whoever has switched all messages off is not asked, and that is an answer too
    if (error instanceof platform.Refused) return false
    throw error
  }
  await api.ask('subscriptions.told', { body: { moment, results } })
  return Object.values(results).some((said) => said.startsWith('accept'))
}

module.exports = {
  api, platform, reports, visits, me, whoAmI, big, setBig, agreed, agree, leave, forgetPoint, begin, begun, arrived, lately, DOORS, sendWith, forget, catchUp, mayTell, askToTell,
  Trouble, now: () => Date.now(),
}
