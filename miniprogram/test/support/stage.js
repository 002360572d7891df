/**
 * Pages on a stage: the built app, compiled by the platform's own compiler of WXML where it runs on this processor,
 * drawn by the official simulate library into a document of jsdom.
 */
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { JSDOM } = require('jsdom')
const { build, filesOf } = require('../../tools/build')

const dom = new JSDOM('<!doctype html><html><body></body></html>', { pretendToBeVisual: true })
for (const name of ['document', 'Node', 'HTMLElement', 'Event', 'CustomEvent', 'MutationObserver', 'getComputedStyle']) {
  globalThis[name] = dom.window[name]
}
globalThis.window = dom.window
globalThis.requestAnimationFrame = (act) => setTimeout(act, 0)
Object.assign(dom.window, { requestAnimationFrame: globalThis.requestAnimationFrame })

const simulate = require('miniprogram-simulate')
const jComponent = require('j-component')

// because the library draws the platform's own elements without their properties, and tests look at some of them
const TEXT = { type: String, value: '' }
const TRUTH = { type: Boolean, value: false }
const ANY = { type: null, value: '' }
const OWN = {
  button: { disabled: TRUTH, loading: TRUTH, openType: TEXT },
  image: { src: TEXT, mode: TEXT },
  input: { value: TEXT, placeholder: TEXT, type: TEXT },
  textarea: { value: TEXT, placeholder: TEXT },
  switch: { checked: TRUTH },
  picker: { range: { type: Array, value: [] }, value: ANY },
  map: { latitude: ANY, longitude: ANY, markers: { type: Array, value: [] } },
}
for (const [id, properties] of Object.entries(OWN)) {
  jComponent.register({ id, tagName: `wx-${id}`, template: '<slot/>', properties })
}
const register = globalThis.Component
// classes without a prefix of their own, so that one sheet of styles holds for the whole picture
globalThis.Component = (definition) => register({ ...definition, options: { ...definition.options, classPrefix: '' } })

const ROOT = fs.mkdtempSync(path.join(os.tmpdir(), 'hemei-mini-'))
process.on('exit', () => fs.rmSync(ROOT, { recursive: true, force: true }))
build(ROOT, 'https://hemei.example')
const APP = JSON.parse(fs.readFileSync(path.join(ROOT, 'app.json'), 'utf8'))
const COMPILER = process.arch === 'x64' ? 'official' : 'simulate'

/** @returns {string[]} every page, as "pages/report/index" */
const pages = () => [...APP.pages, ...APP.subPackages.flatMap((one) => one.pages.map((page) => `${one.root}/${page}`))]

const routes = []
globalThis.getCurrentPages = () => routes.map((route) => ({ route }))
globalThis.getApp = () => ({})

/** So many pages lie below the one that is looked at. @param {number} below */
const pile = (below) => routes.unshift(...Array(below).fill('pages/town/index'))

/** Until nothing is under way any more. */
async function quiet(server) {
  for (let still = 0; still < 3; still += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    if (server.waiting) still = 0
  }
}

class Page {
  constructor(stage, route) {
    this.stage = stage
    this.component = simulate.render(loaded(route))
    this.parent = document.createElement('div')
    document.body.append(this.parent)
    this.component.attach(this.parent)
  }

  get data() {
    return this.component.data
  }

  /** @returns {string} what a person reads, without what is drawn in other ways */
  get text() {
    return this.parent.textContent.replace(/\s+/g, ' ')
  }

  async is(lifecycle, ...given) {
    const { instance } = this.component
    if (instance[lifecycle]) await instance[lifecycle](...given)
    await quiet(this.stage.server)
    return this
  }

  /** Every element with these words that says `selector`; the one that has the fewest others around them. */
  find(selector, words) {
    const seen = this.component.querySelectorAll(selector).filter((one) => one.dom.textContent.includes(words))
    if (!seen.length) throw new Error(`no ${selector} says ${words} in: ${this.text}`)
    return seen.reduce((best, one) => (one.dom.textContent.length < best.dom.textContent.length ? one : best))
  }

  has(selector, words) {
    return this.component.querySelectorAll(selector).some((one) => one.dom.textContent.includes(words))
  }

  async tap(words, selector = '.go') {
    const one = this.find(selector, words)
    if (one.data && one.data.disabled) throw new Error(`${words} cannot be tapped now`)
    one.dispatchEvent('tap')
    await quiet(this.stage.server)
  }

  /** What a field, a picker or a child says happened. */
  async hear(selector, event, detail, at = 0) {
    const found = this.component.querySelectorAll(selector)[at]
    if (!found) throw new Error(`no ${selector} in: ${this.text}`)
    found.dispatchEvent(event, { detail })
    await quiet(this.stage.server)
  }

  get html() {
    return this.parent.innerHTML
  }

  close() {
    this.component.detach()
    this.parent.remove()
  }
}

const ids = new Map()
/** @type {Record<string, string> | null} */
let shared = null

/**
 * What every page may use. Components of the package are read once and for all, because their bundles register
 * themselves only the first time they are asked for.
 */
function components() {
  if (shared) return shared
  shared = {}
  const named = filesOf(ROOT).filter((file) => file.endsWith('.json') && !file.startsWith('miniprogram_npm'))
  for (const file of named) {
    const using = JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8')).usingComponents || {}
    for (const [tag, spec] of Object.entries(using)) {
      if (spec.startsWith('/miniprogram_npm') && !shared[tag]) {
        shared[tag] = simulate.load(path.join(ROOT, spec), { rootPath: ROOT, compiler: COMPILER, usingComponents: shared })
      }
    }
  }
  shared['hm-frame'] = '/components/frame/index'
  return shared
}

/** Pages are read once: what they keep between visits lies in the telephone's storage, not in them. */
function loaded(route) {
  if (!ids.has(route)) {
    const options = { rootPath: ROOT, compiler: COMPILER, usingComponents: components() }
    ids.set(route, simulate.load(path.join(ROOT, route), options))
  }
  return ids.get(route)
}

class Stage {
  /** @param {import('./weixin').Weixin} weixin */
  constructor(weixin) {
    this.weixin = weixin
    this.server = weixin.server
    globalThis.wx = weixin.wx
  }

  /** A page as it stands when it has loaded. @param {string} route @param {Record<string, string>} [query] */
  async open(route, query = {}) {
    routes.splice(0, routes.length, route)
    const page = new Page(this, route)
    await page.is('onLoad', query)
    return page.is('onShow')
  }

  /** @param {string} route @returns {string} the bar at the bottom, as the platform draws it below a page of its list */
  bar(route) {
    routes.splice(0, routes.length, route)
    const page = new Page(this, 'custom-tab-bar/index')
    const { html } = page
    page.close()
    return html
  }
}

module.exports = { Stage, pages, pile, APP, ROOT, quiet }
