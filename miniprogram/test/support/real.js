/** Telephones whose pages speak to a real hemei at HEMEI_BASE. */
const { Contract, theDocument } = require('./server')
const { Weixin } = require('./weixin')
const { Stage } = require('./stage')

const { HEMEI_BASE: base } = process.env

/** Stands where the tests' own server stands, and asks the real one; both sides are held against the document. */
class RealServer {
  constructor() {
    this.contract = new Contract(theDocument())
    this.waiting = 0
    this.answers = {}
    this.asked = []
  }

  async handle(options) {
    this.waiting += 1
    try {
      const { rule, operation } = this.contract.request(options)
      const { pathname, search } = new URL(options.url)
      const bytes = options.data instanceof ArrayBuffer
      const answer = await fetch(`${base}${pathname}${search}`, {
        method: options.method, headers: options.data === undefined ? withoutType(options.header) : options.header,
        body: options.data === undefined ? undefined : bytes ? Buffer.from(options.data) : JSON.stringify(options.data),
      })
      const data = await answer.json()
      const route = `${options.method} ${rule}`
      this.asked.push(`${route} ${answer.status}`)
      if (answer.status >= 400) console.error(route, answer.status, JSON.stringify(data))
      this.contract.answer(operation, answer.status, data, route)
      return { statusCode: answer.status, data, header: {} }
    } catch (error) {
      console.error(error)
      throw error
    } finally {
      this.waiting -= 1
    }
  }
}

const withoutType = ({ 'Content-Type': _, ...header }) => header

const telephone = (token) => {
  const weixin = new Weixin(new RealServer())
  if (token) weixin.wx.setStorageSync('token', token)
  if (token) weixin.wx.setStorageSync('agreed', 'earlier')
  return new Stage(weixin)
}

module.exports = { telephone, base }
