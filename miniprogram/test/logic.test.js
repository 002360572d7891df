/** The arithmetic of words: money, times, steps, roles, codes. */
const test = require('node:test')
const assert = require('node:assert/strict')
const { yuan, inYuan } = require('../src/lib/money')
const { moment, date, until, stamp } = require('../src/lib/time')
const { story, way, row, pictures, named } = require('../src/lib/story')
const { tabsOf } = require('../src/lib/roles')
const { fromQuery, fromScan } = require('../src/lib/scene')
const { inReport } = require('../src/lib/spot')
const { fresh } = require('../src/lib/ids')
const town = require('./support/town')

const { NOW } = town

test('fen are written as yuan, to the last one', () => {
  assert.deepEqual([0, 5, 10, 100, 18000, 123456789, -250].map(yuan), ['0.00', '0.05', '0.10', '1.00', '180.00', '1234567.89', '-2.50'])
  assert.equal(inYuan(18000), '180.00元')
})

test('times are told as people tell them, on the clock of Shanghai', () => {
  assert.equal(moment('2026-11-20T08:05:00+08:00', NOW), '今天 08:05')
  assert.equal(moment('2026-11-19T23:59:00+08:00', NOW), '昨天 23:59')
  assert.equal(moment('2026-11-19T16:30:00Z', NOW), '今天 00:30')
  assert.equal(moment('2026-11-21T09:00:00+08:00', NOW), '明天 09:00')
  assert.equal(moment('2026-03-05T09:30:00+08:00', NOW), '3月5日 09:30')
  assert.equal(date('2025-12-31T20:00:00Z', NOW), '1月1日')
  assert.equal(date('2025-12-31T10:00:00+08:00', NOW), '2025年12月31日')
  assert.equal(moment(null, NOW), '')
  assert.equal(stamp(NOW), '2026-11-20T10:00:00+08:00')
})

test('what is left of a limit is told in its largest unit', () => {
  const left = (minutes) => until(new Date(NOW + minutes * 60000).toISOString(), NOW)
  assert.deepEqual(left(3 * 1440 + 5), { words: '还剩3天', late: false })
  assert.deepEqual(left(5 * 60), { words: '还剩5小时', late: false })
  assert.deepEqual(left(59), { words: '还剩59分钟', late: false })
  assert.deepEqual(left(0.5), { words: '马上到时限', late: false })
  assert.deepEqual(left(-1), { words: '已过时限', late: true })
  assert.deepEqual(until(null, NOW), { words: '', late: false })
})

test('the newest step of a story stands first, and each has a name of its own', () => {
  const lines = story(town.whole().story, NOW)
  assert.deepEqual(lines.map((one) => one.words), ['李卫东接了单，说上午来看', '派给包保干部李卫东', '收到您报的事'])
  assert.equal(new Set(lines.map((one) => one.id)).size, 3)
})

test('the way shows what is done, where it stands, and what comes', () => {
  const names = ['收到', '派单', '在办', '请您看', '办完']
  assert.deepEqual(way('handling', names).map((one) => one.look), ['way-done', 'way-done', 'way-now', '', ''])
  assert.deepEqual(way('closed', names).map((one) => one.look), Array(5).fill('way-done'))
  assert.deepEqual(way('void', names), [])
})

test('a row shows its limit only while somebody works on it', () => {
  assert.equal(row(town.line(), NOW).due, '还剩1天')
  assert.equal(row(town.line({ state: 'finished' }), NOW).due, '')
  assert.equal(row(town.line({ state: 'closed' }), NOW).due, '')
  assert.equal(row(town.line({ text: '' }), NOW).text, '照明')
})

test('a photo of the server gets its host, a photo with a host keeps it', () => {
  const urls = pictures([{ url: '/api/v1/photos/x' }, { url: 'https://other.example/y' }]).map((one) => one.url)
  assert.deepEqual(urls, ['http://127.0.0.1:8000/api/v1/photos/x', 'https://other.example/y'])
  assert.deepEqual(pictures(undefined), [])
  assert.equal(named(null), '')
})

test('the bar has a door for work only for those who have some', () => {
  const names = (me) => tabsOf(me).map((tab) => tab.name)
  assert.deepEqual(names(null), ['report', 'matters', 'town', 'me'])
  assert.deepEqual(names(town.me()), ['report', 'matters', 'town', 'me'])
  assert.deepEqual(names(town.me(town.CADRE)), ['today', 'report', 'matters', 'town', 'me'])
  assert.deepEqual(names(town.me(town.RIDER)), ['report', 'hazards', 'town', 'me'])
  assert.deepEqual(names(town.me({ ...town.RIDER, homes: [town.HOME] })), ['report', 'matters', 'town', 'me'])
})

test('a sticker opens its door, a code its scene, anything else nothing', () => {
  assert.deepEqual(fromQuery({ q: encodeURIComponent('https://hemei.example/q/aB3_-x9') }), { scene: '', door: 'aB3_-x9' })
  assert.deepEqual(fromQuery({ scene: encodeURIComponent('d=abcDEF0123456789abcdef') }), { scene: 'd=abcDEF0123456789abcdef', door: '' })
  assert.deepEqual(fromQuery({ scene: '%E4%B8%AD', q: '%zz' }), { scene: '', door: '' })
  assert.deepEqual(fromScan('https://hemei.example/q/aB3_-x9?from=wx'), { scene: '', door: 'aB3_-x9' })
  assert.deepEqual(fromScan('pages/report/index?scene=abc123'), { scene: 'abc123', door: '' })
  assert.deepEqual(fromScan('https://evil.example/pay?x=1'), { scene: '', door: '' })
})

test('a door says more than its building, and no label goes to the server', () => {
  assert.deepEqual(inReport({ label: 'x', place_id: 'p', door: 'd' }), { door: 'd' })
  assert.deepEqual(inReport({ label: 'x', place_id: 'p' }), { place_id: 'p' })
  assert.deepEqual(inReport({ label: 'x', lat: 46, lng: 126 }), { lat: 46, lng: 126 })
})

test('names of drafts are long enough, and different', () => {
  const many = new Set(Array.from({ length: 2000 }, fresh))
  assert.equal(many.size, 2000)
  for (const one of many) assert.match(one, /^[0-9a-z]{32}$/)
})
