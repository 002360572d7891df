/**
 * What is written but has not arrived: reports and visits, kept in the telephone until the server has them. Each
 * carries one name for all its tries, so that however often it is sent there is one case, one visit.
 */
const { withPhotos } = require('./uploads')
const { Trouble } = require('./api')
const { fresh } = require('./ids')

/**
 * @typedef {{id: string, photos: import('./uploads').Photo[], body: Record<string, any>, wrong: string, sent?: boolean}} Draft
 * @param {{api: any, platform: any, key: string, send: (api: any, draft: Draft, photos: string[]) => Promise<any>}} parts
 *   `key` names the shelf in the telephone
 */
function createDrafts({ api, platform, key, send }) {
  /** @type {Promise<any> | null} */
  let running = null
  /** What is on its way, by id: a tap and a network that comes back may ask for the same one. */
  const going = new Map()

  /** @returns {Draft[]} oldest first */
  const list = () => platform.kept(key) || []
  const find = (id) => list().find((one) => one.id === id) || null

  /** @param {Draft} draft */
  function save(draft) {
    const others = list()
    const at = others.findIndex((one) => one.id === draft.id)
    if (at < 0) others.push(draft)
    else others[at] = draft
    platform.keep(key, others)
    return draft
  }

  /** @param {Record<string, any>} body @param {import('./uploads').Photo[]} [photos] */
  const add = (body, photos = []) => save({ id: fresh(), photos, body, wrong: '', sent: false })

  /** Off the shelf, its pictures left alone. */
  const take = (id) => platform.keep(key, list().filter((one) => one.id !== id))

  /** On its way just now: nothing calls it back. */
  const isGoing = (id) => going.has(id)

  function drop(id) {
    const gone = find(id)
    take(id)
    return gone ? Promise.all(gone.photos.map((photo) => platform.removeFile(photo.path))) : Promise.resolve()
  }

  /** @param {Draft} draft @returns {Promise<any>} the server's answer; the draft is gone then */
  function deliver(draft) {
    if (!going.has(draft.id)) going.set(draft.id, delivered(draft).finally(() => going.delete(draft.id)))
    return going.get(draft.id)
  }

  /** @param {Draft} draft */
  async function delivered(draft) {
    draft.sent = true
    draft.wrong = ''
    save(draft)
    try {
      const answer = await withPhotos({ api, platform }, draft.photos, (ids) => send(api, draft, ids), () => save(draft))
      await drop(draft.id)
      return answer
    } catch (error) {
      // because what the server refuses today it refuses tomorrow: a person must look. Not so the notice: it is read
      // once, and then whatever waits goes
      if (error instanceof Trouble && !error.passes && error.code !== 'consent_needed') save({ ...draft, sent: false, wrong: error.message })
      throw error
    }
  }

  /** Sends whatever waits, one after the other; ends at the first that the network stops. @returns {Promise<any[]>} */
  function deliverAll() {
    if (!running) {
      running = (async () => {
        const answers = []
        for (const { id } of list().filter((one) => one.sent)) {
          // read again, because somebody may have given it up while the one before it was sent
          const draft = find(id)
          if (!draft) continue
          try {
            answers.push(await deliver(draft))
          } catch (error) {
            if (!(error instanceof Trouble) || error.passes) break
          }
        }
        return answers
      })().finally(() => {
        running = null
      })
    }
    return running
  }

  return { list, find, save, add, take, drop, isGoing, deliver, deliverAll }
}

module.exports = { createDrafts }
