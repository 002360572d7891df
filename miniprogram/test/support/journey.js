/**
 * A matter's whole way through the pages, against a real hemei:  node journey.js  with
 * HEMEI_BASE, HEMEI_OPENAPI, HEMEI_CODE (of the resident's wx.login), HEMEI_CADRE (a token), HEMEI_DOOR, HEMEI_PHOTO.
 * Says on its last line, as JSON, what was seen.
 */
const assert = require('node:assert/strict')
const fs = require('node:fs')
const { telephone } = require('./real')

const { HEMEI_CODE: code, HEMEI_CADRE: cadre, HEMEI_DOOR: door, HEMEI_PHOTO: photo } = process.env

/** @param {any} stage @returns {string} where the last tap led */
const led = (stage) => stage.weixin.of('navigateTo').at(-1).url

async function main() {
  const resident = telephone('')
  resident.weixin.answers.login = { code }
  const privacy = await resident.open('pages/privacy/index')
  assert.equal(privacy.data.state, 'ready', privacy.data.trouble)
  await privacy.tap('同意，开始用')
  privacy.close()

  const report = await resident.open('pages/report/index', { q: encodeURIComponent(`https://town.example/q/${door}`) })
  const bytes = fs.readFileSync(photo)
  resident.weixin.files.set('wxfile://store/1.jpg', new Uint8Array(bytes))
  report.component.instance.pictures({ detail: { photos: [{ path: 'wxfile://store/1.jpg', size: bytes.length }] } })
  await report.hear('.words', 'blur', { value: '楼道灯不亮，老人看不见' })
  const guessed = report.data.label
  await report.tap('报上去', '.main')
  assert.equal(report.data.wrong, '')
  const id = new URL(led(resident), 'https://x').searchParams.get('id')
  report.close()

  const before = await resident.open('pages/matter/index', { id })
  const told = before.text
  before.close()

  const keeper = telephone(cadre)
  const today = await keeper.open('work/today/index')
  const line = today.data.lines.find((one) => one.text.includes('楼道灯'))
  today.close()
  assert.ok(line, 'the keeper has the case')
  const work = await keeper.open('work/case/index', { id: line.id })
  await work.tap('接单')
  assert.equal(work.data.wrong, '')
  await work.tap('办好了')
  work.component.instance.setData({ text: '换了灯泡', why: '在居民家里' })
  await work.tap('交给居民看')
  assert.equal(work.data.wrong, '')
  work.close()

  // because the pages of one process share the platform's door: back to the resident's telephone
  globalThis.wx = resident.weixin.wx
  const asked = await resident.open('pages/matter/index', { number: line.number })
  const offered = Object.keys(asked.data.may)
  await asked.tap('修好了，满意')
  const end = asked.data.one.state
  const story = asked.data.lines.map((one) => one.words)
  asked.close()
  const list = await resident.open('pages/matters/index')
  list.component.instance.setData({ which: 'ended' })
  await list.component.instance.refresh()
  const ended = list.data.lines.map((one) => one.number)
  for (const route of ['pages/town/index', 'pages/notices/index', 'pages/bills/index', 'pages/receipts/index', 'pages/books/index', 'pages/people/index', 'pages/stations/index', 'pages/questions/index', 'pages/homes/index', 'pages/consents/index', 'pages/hazards/index', 'pages/me/index']) {
    const page = await resident.open(route)
    assert.equal(page.data.state, 'ready', `${route}: ${page.data.trouble}`)
    page.close()
  }
  globalThis.wx = keeper.weixin.wx
  for (const route of ['work/visits/index', 'work/rollcall/index']) {
    const page = await keeper.open(route)
    assert.equal(page.data.state, 'ready', `${route}: ${page.data.trouble}`)
    page.close()
  }
  console.log(JSON.stringify({ guessed, told, offered, end, story, ended, number: line.number }))
}

main().then(() => process.exit(0), (error) => {
  console.error(error)
  process.exit(1)
})
