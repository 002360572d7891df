/**
 * Sends a picture in parts. A broken connection goes on where the server stopped, even days later: what is known
 * of the upload stays in `photo`, which the caller keeps.
 */
const { Trouble } = require('./api')
const words = require('./words')

/** Bytes: so many get through within the time of one request where a line is as slow as in a cellar. */
const PART = 128 * 1024

const TYPES = { png: 'image/png', webp: 'image/webp' }
const TRIES = 3

/** @param {string} path @returns {string} */
const typeOf = (path) => TYPES[(/\.(\w+)$/.exec(path.toLowerCase()) || ['', ''])[1]] || 'image/jpeg'

/**
 * @typedef {{path: string, size: number, upload?: string, done?: boolean}} Photo
 * @param {{api: {ask: Function}, platform: {readPart: Function}}} parts
 * @param {Photo} photo
 * @param {() => void} changed called whenever `photo` knows more
 * @returns {Promise<string>} the upload's id
 */
async function sendPhoto({ api, platform }, photo, changed) {
  if (photo.done && photo.upload) return photo.upload
  let offset = 0
  if (photo.upload) {
    const known = await seen(api, photo.upload)
    if (known === null) photo.upload = undefined
    else offset = known
  }
  if (!photo.upload) {
    const opened = await api.ask('uploads.open', { body: { size: photo.size, type: typeOf(photo.path) } })
    photo.upload = opened.id
    offset = opened.offset
    changed()
  }
  let tries = 0
  while (offset < photo.size) {
    const part = await read(platform, photo, offset)
    const header = { 'Upload-Offset': String(offset), 'Content-Type': 'application/octet-stream' }
    const next = await sent(api, photo.upload, part, header)
    tries = next > offset ? 0 : tries + 1
    if (tries === TRIES) throw new Trouble('unknown', words.unknown)
    offset = next
  }
  photo.done = true
  changed()
  return /** @type {string} */ (photo.upload)
}

/**
 * Pictures first, then what they belong to. What the server has kept for a day without its being asked for is
 * gone there, and is sent once more.
 * @param {{api: any, platform: any}} parts
 * @param {Photo[]} photos
 * @param {(ids: string[]) => Promise<any>} send
 * @param {() => void} [changed]
 */
async function withPhotos(parts, photos, send, changed = () => undefined) {
  const ids = async () => {
    const found = []
    for (const photo of photos) found.push(await sendPhoto(parts, photo, changed))
    return found
  }
  try {
    return await send(await ids())
  } catch (error) {
    if (!(error instanceof Trouble) || error.code !== 'upload_not_found') throw error
  }
  for (const photo of photos) Object.assign(photo, { upload: undefined, done: false })
  changed()
  return send(await ids())
}

/** @returns {Promise<number>} how far it came */
async function sent(api, id, body, header) {
  try {
    return (await api.ask('uploads.send', { id, body, header })).offset
  } catch (error) {
    // because a part whose answer was lost has arrived all the same: the server says where to go on
    if (!(error instanceof Trouble) || error.code !== 'upload_offset') throw error
    return (await api.ask('uploads.see', { id })).offset
  }
}

/** @returns {Promise<number | null>} how far it came; null when the server has it no more */
async function seen(api, id) {
  try {
    const known = await api.ask('uploads.see', { id })
    return known.state === 'refused' ? null : known.offset
  } catch (error) {
    if (error instanceof Trouble && error.status === 404) return null
    throw error
  }
}

async function read(platform, photo, offset) {
  try {
    return await platform.readPart(photo.path, offset, Math.min(PART, photo.size - offset))
  } catch (error) {
    throw new Trouble('photo_gone', words.photoGone, 'photos', 400)
  }
}

module.exports = { sendPhoto, withPhotos, PART }
