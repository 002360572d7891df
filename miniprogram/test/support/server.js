/**
 * The server of the tests: it answers what `answers` says, and holds every request and every answer against the
 * server's own OpenAPI document. What does not fit is thrown where the page asked for it, and kept in `faults`,
 * so that a page that swallows it is found out too.
 */
const fs = require('node:fs')
const Ajv = require('ajv/dist/2020').default
const addFormats = require('ajv-formats').default

const BASE = '/api/v1'

/** @returns {any} the document that scripts/miniprogram.py wrote from the server's routes */
function theDocument() {
  const file = process.env.HEMEI_OPENAPI
  if (!file) throw new Error('HEMEI_OPENAPI names no document: run these tests through pytest tests/miniprogram')
  return JSON.parse(fs.readFileSync(file, 'utf8'))
}

class Contract {
  /** @param {any} document an OpenAPI 3.1 document */
  constructor(document) {
    this.document = document
    this.strict = addFormats(new Ajv({ strict: false, allErrors: true }))
    this.loose = addFormats(new Ajv({ strict: false, coerceTypes: true }))
    for (const ajv of [this.strict, this.loose]) {
      ajv.addFormat('binary', true)
      ajv.addSchema({ $id: 'document', components: document.components })
    }
    this.compiled = new Map()
  }

  /** @param {string} method @param {string} path @returns {{rule: string, operation: any, args: Record<string, string>}} */
  find(method, path) {
    for (const [rule, verbs] of Object.entries(this.document.paths)) {
      const names = [...rule.matchAll(/\{(\w+)\}/g)].map((hit) => hit[1])
      const hit = new RegExp(`^${rule.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(path)
      const operation = hit && verbs[method.toLowerCase()]
      if (hit && operation) {
        return { rule, operation, args: Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(hit[at + 1])])) }
      }
    }
    throw new Error(`the document has no ${method} ${path}`)
  }

  /** @param {any} schema @param {any} value @param {string} what @param {any} [ajv] */
  hold(schema, value, what, ajv = this.strict) {
    const key = `${ajv === this.loose}${JSON.stringify(schema)}`
    if (!this.compiled.has(key)) {
      const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components'))
      this.compiled.set(key, ajv.compile(local))
    }
    const check = this.compiled.get(key)
    if (!check(value)) throw new Error(`${what}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(value).slice(0, 300)}`)
  }

  /** Everything of a request that the document speaks of. Throws what does not fit. */
  request({ method, url, header, data }) {
    const { pathname, searchParams } = new URL(url)
    const { rule, operation, args } = this.find(method, pathname)
    const what = `${method} ${rule}`
    const told = operation.parameters || []
    for (const one of told) {
      const value = { path: args[one.name], query: searchParams.get(one.name) ?? undefined, header: header[one.name] }[one.in]
      if (value === undefined) {
        if (one.required) throw new Error(`${what}: ${one.name} is missing`)
      } else this.hold({ type: 'object', properties: { value: one.schema } }, { value }, `${what} ${one.name}`, this.loose)
    }
    for (const name of searchParams.keys()) {
      if (!told.some((one) => one.in === 'query' && one.name === name)) throw new Error(`${what}: no ${name} in its query`)
    }
    if (header['Idempotency-Key'] && !told.some((one) => one.name === 'Idempotency-Key')) {
      throw new Error(`${what}: takes no Idempotency-Key`)
    }
    if ((operation.security || []).length && !/^Bearer ./.test(header.Authorization || '')) {
      throw new Error(`${what}: needs a token`)
    }
    this.body(operation.requestBody, data, header, what)
    return { rule, operation, args, query: Object.fromEntries(searchParams) }
  }

  body(told, data, header, what) {
    if (!told) {
      if (data !== undefined) throw new Error(`${what}: takes no body`)
    } else if (told.content['application/octet-stream']) {
      if (!(data instanceof ArrayBuffer)) throw new Error(`${what}: takes bytes`)
      if (header['Content-Type'] !== 'application/octet-stream') throw new Error(`${what}: is not said to be bytes`)
    } else {
      if (data === undefined) throw new Error(`${what}: needs a body`)
      this.hold(told.content['application/json'].schema, JSON.parse(JSON.stringify(data)), `${what} body`)
    }
  }

  /** @returns {number} the status that stands for "done" */
  answer(operation, status, data, what) {
    const told = operation.responses[String(status)]
    if (!told) throw new Error(`${what}: never answers ${status}`)
    const json = told.content && told.content['application/json']
    if (json) this.hold(json.schema, data, `${what} answers ${status}`)
    return status
  }
}

/** @type {Contract | null} */
let known = null

/** Made once: its schemas are compiled when they are first needed. */
function theContract() {
  known = known || new Contract(theDocument())
  return known
}

const done = (operation) => Number(Object.keys(operation.responses).find((status) => status.startsWith('2')))

/** A refusal that an answer may throw. */
class Refusal extends Error {
  constructor(status, code, message = code, field = null) {
    super(message)
    Object.assign(this, { status, code, field })
  }
}

/** Thrown by an answer: the network is gone. */
class NoNetwork extends Error {}

class Server {
  /** @param {Record<string, any>} answers "GET /cases/{id}" → what it answers, or a function of ({args, query, body, header}) */
  constructor(answers, contract = theContract()) {
    this.answers = { ...answers }
    this.contract = contract
    this.asked = []
    this.faults = []
    this.waiting = 0
  }

  /** @returns {any[]} what came to one route, as "POST /reports" */
  of(route) {
    return this.asked.filter((one) => one.route === route)
  }

  /** @returns {Promise<{statusCode: number, data: any, header: object}>} rejected when there is no network */
  async handle(options) {
    this.waiting += 1
    await null
    try {
      const { rule, operation, args, query } = this.contract.request(options)
      const route = `${options.method} ${rule.slice(BASE.length)}`
      this.asked.push({ route, args, query, body: options.data, header: options.header })
      const told = this.answers[route]
      if (told === undefined) throw new Error(`the test has no answer to ${route}`)
      try {
        const data = typeof told === 'function' ? await told({ args, query, body: options.data, header: options.header }) : told
        return { statusCode: this.contract.answer(operation, done(operation), data, route), data, header: {} }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        const data = { error: { code: error.code, message: error.message, field: error.field } }
        return { statusCode: this.contract.answer(operation, error.status, data, route), data, header: {} }
      }
    } catch (error) {
      if (!(error instanceof NoNetwork)) this.faults.push(error.message)
      throw error
    } finally {
      this.waiting -= 1
    }
  }
}

module.exports = { Server, Contract, Refusal, NoNetwork, theDocument, BASE }
