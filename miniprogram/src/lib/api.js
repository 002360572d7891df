/**
 * Speaks to /api/v1. Logs in by itself when a request needs it, once, however many wait; what the server refuses
 * is a `Trouble` with its code and its own words, what never arrived is a `Trouble` with code "offline".
 */
const acts = require('./acts')
const words = require('./words')

const TOKEN = 'token'

class Trouble extends Error {
  /** @param {string} code @param {string} message @param {string | null} [field] @param {number} [status] */
  constructor(code, message, field = null, status = 0) {
    super(message)
    this.name = 'Trouble'
    this.code = code
    this.field = field
    this.status = status
  }

  /** Worth the same request again, later. */
  get passes() {
    return [0, 401, 429].includes(this.status) || this.status >= 500 || this.code === 'still_at_it'
  }
}

/** @param {{statusCode: number, data: any}} got @returns {Trouble} a page that no server of ours wrote is worth another try */
function refusal({ statusCode, data }) {
  const said = (data && data.error) || {}
  const status = statusCode >= 200 && statusCode < 300 ? 0 : statusCode
  return new Trouble(said.code || 'unknown', said.message || words.unknown, said.field || null, status)
}

/**
 * @param {{platform: any, base: string, entered?: (me: any) => void}} parts `entered` hears who logged in
 */
function createApi({ platform, base, entered = () => undefined }) {
  /** @type {Promise<any> | null} */
  let entering = null

  /** @param {string} method @param {string} path @param {{query?: any, body?: any, header?: any}} [options] */
  async function send(method, path, { query = {}, body = null, header = {} } = {}) {
    const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
    const tail = asked.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join('&')
    const url = `${base}/api/v1${path}${tail ? `?${tail}` : ''}`
    const token = platform.kept(TOKEN)
    const headers = { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...header }
    let got
    try {
      got = await platform.request({
        url, method, ...(body === null ? {} : { data: body }),
        header: { 'Content-Type': 'application/json', ...headers },
      })
    } catch (error) {
      throw new Trouble('offline', words.offline)
    }
    // an object, because a network that wants to be logged in to answers with a page of its own
    if (got.statusCode >= 200 && got.statusCode < 300 && got.data && typeof got.data === 'object') return got.data
    throw refusal(got)
  }

  /** @returns {Promise<any>} who this is, as POST /login says it */
  function enter() {
    if (!entering) {
      entering = platform
        .loginCode()
        .catch(() => Promise.reject(new Trouble('offline', words.offline)))
        .then((code) => send('POST', '/login', { body: { code } }))
        .then((got) => {
          platform.keep(TOKEN, got.token)
          entered(got.me)
          return got.me
        })
        .finally(() => {
          entering = null
        })
    }
    return /** @type {Promise<any>} */ (entering)
  }

  /**
   * @param {keyof typeof acts} act
   * @param {{id?: string, kind?: string, scene?: string, query?: Record<string, any>, body?: any, key?: string,
   *   header?: Record<string, string>, open?: boolean}} [options] `key` makes the request safe to repeat; `open`
   *   needs no login
   */
  async function ask(act, { id = '', kind = '', scene = '', query, body, key, header = {}, open = false } = {}) {
    const [method, rule] = acts[act].split(' ')
    const fill = { id, kind, scene }
    const path = rule.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(fill[name]))
    const options = {
      query, body,
      header: { ...header, ...(key ? { 'Idempotency-Key': key } : {}) },
    }
    if (!open && !platform.kept(TOKEN)) await enter()
    try {
      return await send(method, path, options)
    } catch (error) {
      if (!(error instanceof Trouble) || error.status !== 401 || open) throw error
    }
    // because a token ends after thirty quiet days: the person need not notice
    platform.keep(TOKEN, null)
    await enter()
    return send(method, path, options)
  }

  /** The pages of a list one after the other, for lists that are short by nature. @returns {Promise<any[]>} */
  async function all(act, options = {}, most = 10) {
    const items = []
    let cursor
    for (let page = 0; page < most; page += 1) {
      const got = await ask(act, { ...options, query: { ...options.query, cursor } })
      items.push(...got.items)
      if (!got.next) break
      cursor = got.next
    }
    return items
  }

  /**
   * A file that the server shows to this person alone.
   * @param {string} path below the server's address @param {string} name its ending says what can read it
   */
  async function showFile(path, name) {
    await ask('me') // because a file is fetched past all that renews a token
    let got
    try {
      got = await platform.download(`${base}${path}`, { Authorization: `Bearer ${platform.kept(TOKEN)}` })
    } catch (error) {
      throw new Trouble('offline', words.offline)
    }
    if (got.statusCode !== 200) throw new Trouble('unknown', words.unknown, null, got.statusCode)
    try {
      await platform.openFile(got.tempFilePath, name.slice(name.lastIndexOf('.') + 1).toLowerCase())
    } catch (error) {
      throw new Trouble('unreadable', words.unreadable, null, 415)
    }
  }

  async function leave() {
    try {
      if (platform.kept(TOKEN)) await ask('logout')
    } finally {
      platform.keep(TOKEN, null)
    }
  }

  return { ask, all, enter, leave, showFile }
}

module.exports = { createApi, Trouble }
