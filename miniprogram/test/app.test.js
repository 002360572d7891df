/** What holds for the whole app, as it is built. */
const test = require('node:test')
const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { sizes, filesOf, SOURCES } = require('../tools/build')
const { APP, ROOT, pages } = require('./support/stage')

const HAN = /[\u3400-\u9fff]/
const MOST = 2 * 1024 * 1024
const read = (file) => fs.readFileSync(path.join(SOURCES, file), 'utf8')
const without = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

test('the main package is small, and so is each other one', () => {
  const { main, subpackages } = sizes(ROOT)
  assert.ok(main < MOST / 2, `main package: ${main}`)
  assert.ok(main > 10000)
  assert.deepEqual(Object.keys(subpackages), ['work'])
  for (const bytes of Object.values(subpackages)) assert.ok(bytes > 0 && bytes < MOST)
})

test('every page that is named is there, whole, and no other one', () => {
  for (const page of pages()) {
    for (const part of ['js', 'json', 'wxml']) assert.ok(fs.existsSync(path.join(ROOT, `${page}.${part}`)), `${page}.${part}`)
  }
  const there = filesOf(SOURCES).filter((file) => /^(pages|work)\/.*index\.wxml$/.test(file)).map((file) => file.replace('.wxml', ''))
  assert.deepEqual(there.sort(), pages().sort())
})

test('of the packages only what a page uses is packed', () => {
  const packed = new Set(filesOf(path.join(ROOT, 'miniprogram_npm/weui-miniprogram')).map((file) => file.split('/')[0]))
  assert.ok(packed.has('cell') && packed.has('half-screen-dialog'))
  assert.ok(!packed.has('icon') && !packed.has('gallery') && !packed.has('uploader'))
})

test('every component that is named is there', () => {
  for (const file of filesOf(ROOT).filter((one) => one.endsWith('.json') && !one.startsWith('miniprogram_npm'))) {
    const using = JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8')).usingComponents || {}
    for (const spec of Object.values(using)) {
      const there = spec.startsWith('/') ? path.join(ROOT, spec) : path.join(ROOT, path.dirname(file), spec)
      assert.ok(fs.existsSync(`${there}.js`) && fs.existsSync(`${there}.wxml`), `${file}: ${spec}`)
    }
  }
})

test('the platform hears what of the person is touched, and why', () => {
  assert.equal(APP.__usePrivacyCheck__, true)
  const used = filesOf(SOURCES).filter((file) => file.endsWith('.js')).map(read).join('\n')
  const touched = ['getLocation', 'chooseLocation', 'chooseAddress', 'choosePoi', 'getFuzzyLocation'].filter((one) => used.includes(`'${one}'`))
  assert.deepEqual(touched.sort(), [...APP.requiredPrivateInfos].sort())
  assert.match(APP.permission['scope.userLocation'].desc, HAN)
})

test('the bar at the bottom leads only where the platform lets a bar lead', () => {
  const { tabsOf } = require(path.join(ROOT, 'lib/roles'))
  const listed = APP.tabBar.list.map((one) => `/${one.pagePath}`)
  assert.ok(listed.length <= 5 && APP.tabBar.custom)
  for (const roles of [[], ['resident'], ['rider'], ['cadre'], ['rider', 'cadre']]) {
    for (const tab of tabsOf({ roles, homes: [] })) {
      assert.ok(pages().includes(tab.url.slice(1)), tab.url)
      assert.equal(tab.tab, listed.includes(tab.url), tab.url)
    }
  }
})

test('only one module speaks to WeChat', () => {
  const speaking = filesOf(SOURCES).filter((file) => file.endsWith('.js') && /(?<![\w.'"/])wx\./.test(without(read(file))))
  assert.deepEqual(speaking, ['lib/platform.js'])
  assert.match(read('lib/platform.js'), /wx\[act\]/)
})

test('words stand beside their page, and nowhere else', () => {
  for (const file of filesOf(SOURCES)) {
    if (/(^|\/)words\.js$/.test(file) || file.endsWith('.json')) continue
    assert.doesNotMatch(without(read(file)).replace(/<!--[\s\S]*?-->/g, ''), HAN, file)
  }
})

test('every word of a page is said, and every word that is said is there', () => {
  for (const file of filesOf(SOURCES).filter((one) => one.endsWith('/words.js') && one !== 'lib/words.js')) {
    const words = require(path.join(SOURCES, file))
    const folder = path.dirname(file)
    const said = ['index.js', 'index.wxml'].map((name) => without(read(`${folder}/${name}`))).join('\n')
    const asked = [...said.matchAll(/\b(?:w|words)\.(\w+)/g)].map((hit) => hit[1])
    for (const name of asked) assert.ok(name in words, `${file} has no ${name}`)
    for (const name of Object.keys(words)) {
      if (name === 'title') continue
      assert.ok(asked.includes(name), `${file}: nobody says ${name}`)
    }
  }
})

test('the heading of a page is its own word for itself', () => {
  for (const page of pages()) {
    const title = JSON.parse(fs.readFileSync(path.join(ROOT, `${page}.json`), 'utf8')).navigationBarTitleText
    assert.equal(title, require(path.join(ROOT, path.dirname(page), 'words')).title, page)
  }
})

test('the built folder names the server and the appid that it was built for', () => {
  assert.deepEqual(require(path.join(ROOT, 'config')), { base: 'https://hemei.example' })
  const project = JSON.parse(fs.readFileSync(path.join(ROOT, 'project.config.json'), 'utf8'))
  assert.equal(project.appid, 'touristappid')
  assert.equal(project.setting.urlCheck, true)
})

test('nothing is fetched from a host that is not the town\'s', () => {
  for (const file of filesOf(ROOT).filter((one) => /\.(js|wxml|wxss)$/.test(one))) {
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8')
    for (const [, host] of text.matchAll(/(?:url\(["']?|src=["'])https?:\/\/([^/"')]+)/g)) assert.fail(`${file}: ${host}`)
  }
})

test('every class of the sheet is worn by something', () => {
  const sheet = read('app.wxss')
  const worn = filesOf(SOURCES).filter((file) => /\.(wxml|js)$/.test(file)).map(read).join('\n')
  const own = new Set([...sheet.matchAll(/\.([a-z][a-z0-9-]*)/g)].map((hit) => hit[1]).filter((name) => !/^(weui|wxss)/.test(name)))
  assert.ok(own.size > 40)
  assert.deepEqual([...own].filter((name) => !new RegExp(`["' ]${name}["' ]`).test(worn)), [])
})

test('every door of the platform is used', () => {
  const door = require(path.join(SOURCES, 'lib/platform'))
  const code = filesOf(SOURCES).filter((file) => file.endsWith('.js') && file !== 'lib/platform.js').map(read).join('\n')
  assert.deepEqual(Object.keys(door).filter((name) => !new RegExp(`\\bplatform\\s*\\.${name}\\b`).test(code)), [])
})

test('styles are found by classes alone, because nothing else holds inside components', () => {
  for (const file of filesOf(SOURCES).filter((one) => one.endsWith('.wxss'))) {
    const bare = read(file).replace(/\/\*[\s\S]*?\*\//g, '').replace(/@import[^;]*;/g, '')
    for (const [, head] of bare.matchAll(/([^{}]+)\{[^{}]*\}/g)) {
      for (const part of head.split(/[\s,>+~]+/).filter(Boolean)) assert.match(part, /^(\.[\w-]+)+(::?[\w-]+(\([^)]*\))?)*$|^page$/, `${file}: ${part}`)
    }
  }
})
