/** Every page on the stage, against a small town that answers as the server's document says. */
const test = require('node:test')
const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const town = require('./support/town')
const { Server, Refusal, NoNetwork, theDocument, BASE } = require('./support/server')
const { Weixin } = require('./support/weixin')
const { Stage, pages, ROOT, quiet } = require('./support/stage')
const { filesOf, SOURCES } = require('../tools/build')
const { scenes, stage, sound } = require('./support/scenes')

for (const route of pages()) {
  test(`${route} opens, says its words, and asks only what the server knows`, async () => {
    for (const [name, scene] of Object.entries(scenes(route))) {
      const set = new Stage(new Weixin(new Server(scene.answers)))
      const page = await scene.play(set, route, false)
      assert.equal(page.data.state, 'ready', `${name}: ${page.data.trouble}`)
      sound(set)
      assert.doesNotMatch(page.text, /undefined|NaN|\[object|null/, name)
      assert.ok(page.text.length > 8, name)
      page.close()
    }
  })
}

test('before the notice was read no page asks anything', async () => {
  for (const route of ['pages/report/index', 'pages/matters/index', 'work/today/index']) {
    const set = stage({}, { agreed: null, token: null, me: null })
    const page = await set.open(route)
    assert.equal(page.data.state, 'waiting')
    assert.deepEqual(set.server.asked, [])
    assert.deepEqual(set.weixin.of('navigateTo').map((one) => one.url), ['/pages/privacy/index'])
    page.close()
  }
})

test('the notice is the server\'s, and a yes goes with the version that was read', async () => {
  const set = stage({ 'POST /login': { ...town.answers['POST /login'], me: town.me({ consents_due: ['basic'] }) } }, { agreed: null, token: null })
  const page = await set.open('pages/privacy/index')
  assert.match(page.text, /收到时就删掉/)
  assert.equal(set.server.of('PUT /consents/{kind}').length, 0)
  await page.tap('同意，开始用')
  assert.deepEqual(set.server.of('PUT /consents/{kind}').map((one) => [one.args.kind, one.body]), [['basic', { version: '2026-11', given: true }]])
  assert.equal(set.weixin.of('switchTab')[0].url, '/pages/report/index')
  assert.equal(set.weixin.wx.getStorageSync('agreed'), '2026-11')
  sound(set)
  page.close()
})

test('whoever does not agree is told what works without', async () => {
  const set = stage({}, { agreed: null })
  const page = await set.open('pages/privacy/index')
  await page.tap('先不同意')
  assert.equal(set.server.of('PUT /consents/{kind}').length, 0)
  await page.tap('看附近驿站')
  assert.equal(set.weixin.of('navigateTo')[0].url, '/pages/stations/index')
  page.close()
})

test('a notice with a new version is shown before the next page', async () => {
  const set = stage({ 'GET /me': town.me({ consents_due: ['basic'] }) })
  ;(await set.open('pages/me/index')).close()
  const page = await set.open('pages/matters/index')
  assert.equal(page.data.state, 'waiting')
  page.close()
})

test('one tap nods', async () => {
  const set = stage({ 'GET /cases/{id}': town.whole(town.FINISHED) })
  const page = await set.open('pages/matter/index', { id: 'case-7' })
  await page.tap('修好了，满意')
  assert.deepEqual(set.server.of('POST /cases/{id}/nod').map((one) => one.args.id), ['case-7'])
  assert.match(page.text, /谢谢您/)
  sound(set)
  page.close()
})

test('a no goes with words and pictures, and the same no twice is one', async () => {
  let broken = true
  const set = stage({
    'GET /cases/{id}': town.whole(town.FINISHED),
    'POST /cases/{id}/no': () => { if (broken) throw new NoNetwork(); return town.whole() },
  })
  const page = await set.open('pages/matter/index', { id: 'case-7' })
  await page.tap('没修好')
  await page.tap('打回去重办')
  assert.match(page.data.wrong, /请说一句/)
  page.component.instance.setData({ text: '还在滴水' })
  page.component.instance.pictures({ detail: { photos: [{ path: set.weixin.taken(1)[0].tempFilePath, size: 300 * 1024 }] } })
  await page.tap('打回去重办')
  assert.match(page.data.wrong, /网络/)
  broken = false
  await page.tap('打回去重办')
  const sent = set.server.of('POST /cases/{id}/no')
  assert.deepEqual(sent.map((one) => one.body), Array(2).fill({ text: '还在滴水', photos: ['upload-1'] }))
  assert.equal(new Set(sent.map((one) => one.header['Idempotency-Key'])).size, 1)
  assert.equal(page.data.form, '')
  page.close()
})

test('only what may be done is offered', async () => {
  const set = stage({ 'GET /cases/{id}': town.whole({ state: 'rated', may: [] }) })
  const page = await set.open('pages/matter/index', { id: 'case-7' })
  for (const words of ['修好了', '没修好', '再补充', '不用办了', '我也遇到']) assert.ok(!page.has('.go', words), words)
  page.close()
})

test('a rating wants a star', async () => {
  const set = stage({ 'GET /cases/{id}': town.whole({ state: 'closed', may: ['rate'] }) })
  const page = await set.open('pages/matter/index', { id: 'case-7' })
  await page.tap('给办事的人打个星')
  await page.tap('评好了')
  assert.match(page.data.wrong, /点一颗星/)
  page.component.instance.grade({ currentTarget: { dataset: { grade: 5 } } })
  await page.tap('评好了')
  assert.deepEqual(set.server.of('POST /cases/{id}/rate')[0].body, { grade: 5, text: '' })
  sound(set)
  page.close()
})

test('somebody else\'s matter is not there, and the page says so', async () => {
  const set = stage({ 'GET /cases/{id}': () => { throw new Refusal(404, 'not_found', '没有这件事。') } })
  const page = await set.open('pages/matter/index', { id: 'case-8' })
  assert.equal(page.data.state, 'trouble')
  assert.match(page.text, /没有这件事。.*再试一次/)
  page.close()
})

test('a trouble that has a cure leads to it', async () => {
  const set = stage({ 'GET /receipts': () => { throw new Refusal(403, 'home_needed', '要先绑定住的房子。') } })
  const page = await set.open('pages/receipts/index')
  await page.component.instance.again()
  assert.equal(set.weixin.of('navigateTo')[0].url, '/pages/homes/index?why=home')
  page.close()
})

test('a bill is paid with what the server signed, and nothing is counted here', async () => {
  const set = stage()
  const page = await set.open('pages/bills/index')
  assert.match(page.text, /180\.00/)
  await page.tap('一起交')
  assert.deepEqual(set.server.of('POST /orders')[0].body, { bill_ids: ['bill-1'] })
  assert.deepEqual(Object.keys(set.server.of('POST /orders')[0].body), ['bill_ids'])
  assert.match(page.text, /交好了/)
  sound(set)
  page.close()
})

test('a bill that seems wrong is told of in words that are begun', async () => {
  const set = stage()
  const bill = await set.open('pages/bill/index', { id: 'bill-1' })
  await bill.tap('觉得不对')
  bill.close()
  const page = await set.open('pages/report/index')
  assert.deepEqual([page.data.text, page.data.category, page.data.label], ['2026年的账单ZD2026-0302：', 'fees', '物业费'])
  page.close()
  const again = await set.open('pages/report/index')
  assert.equal(again.data.text, '')
  again.close()
})

test('large type is this telephone\'s at once, and the server\'s', async () => {
  const set = stage({ 'GET /me': town.me() })
  const page = await set.open('pages/me/index')
  await page.component.instance.elder({ detail: { value: true } })
  assert.equal(page.data.big, true)
  assert.deepEqual(set.server.of('PUT /me')[0].body, { elder: true })
  page.close()
  const next = await set.open('pages/matters/index')
  assert.match(next.html, /class="page big/)
  next.close()
})

test('leaving takes what this telephone knows of the person, and leaves what was not sent', async () => {
  const set = stage({}, {
    drafts: [{ id: 'x', photos: [], body: { text: '灯不亮' }, wrong: '' }], spot: { label: town.HOME.label, home_id: 'home-302' },
    'visit-homes': [{ id: 'home-301', label: '301室' }],
  })
  const page = await set.open('pages/me/index')
  await page.tap('退出')
  assert.equal(set.server.of('POST /logout').length, 1)
  assert.equal(set.weixin.wx.getStorageSync('token'), '')
  for (const shelf of ['me', 'spot', 'visit-homes']) assert.equal(set.weixin.wx.getStorageSync(shelf), '', shelf)
  assert.equal(set.weixin.wx.getStorageSync('drafts').length, 1)
  page.close()
})

test('a home is bound with a door, a room and a proof', async () => {
  const set = stage()
  const page = await set.open('pages/homes/index')
  await page.tap('绑定', '.go')
  assert.match(page.data.wrong, /请先扫门上的码/)
  await page.tap('扫单元门上的码')
  page.component.instance.setData({ room: '302', proof: 1 })
  await page.component.instance.bind()
  assert.deepEqual(set.server.of('POST /homes')[0].body, { door: 'door-3-1', room: '302', proof: 'door' })
  assert.match(page.text, /等人确认/)
  sound(set)
  page.close()
})

test('without a sticker a home is found by its building and unit', async () => {
  const set = stage({ 'GET /places': { items: [{ ...town.PLACE, label: '育英小区3号楼', unit: null, units: ['1', '2'] }] } })
  const place = await set.open('pages/place/index', { for: 'home' })
  place.component.instance.setData({ q: '育英小区3号楼' })
  await place.tap('找')
  await place.tap('育英小区3号楼', '.pick')
  await place.tap('2单元', '.choice')
  place.close()
  const page = await set.open('pages/homes/index')
  assert.match(page.text, /育英小区3号楼2单元/)
  page.component.instance.setData({ room: '501' })
  await page.component.instance.bind()
  assert.deepEqual(set.server.of('POST /homes')[0].body, { building_id: 'place-3-1', unit: '2', room: '501', proof: 'phone' })
  assert.equal(set.weixin.wx.getStorageSync('spot'), '')
  sound(set)
  page.close()
})

test('whoever waits has before them what they are asked to read out', async () => {
  const set = stage({ 'GET /homes': { items: [town.HOME, { ...town.HOME, id: 'home-501', state: 'waiting', mark: '482 913' }] }, 'GET /homes/requests': { items: [] } })
  const page = await set.open('pages/homes/index')
  assert.equal(page.text.match(/核实号/g).length, 1)
  assert.match(page.text, /等确认 ?核实号 482 913/)
  sound(set)
  page.close()
})

test('who lives here says whether somebody else does', async () => {
  const set = stage()
  const page = await set.open('pages/homes/index')
  await page.tap('是家里人，同意')
  assert.deepEqual(set.server.of('POST /homes/requests/{id}')[0].body, { agree: true })
  sound(set)
  page.close()
})

test('a consent is taken back as easily as it was given, with what was kept for it', async () => {
  const set = stage({}, { spot: { label: '地图上的一点', lat: 46.6, lng: 126.9 } })
  const page = await set.open('pages/consents/index')
  await page.tap('收回')
  assert.deepEqual(set.server.of('PUT /consents/{kind}').map((one) => [one.args.kind, one.body.given]), [['precise_place', false]])
  assert.equal(set.weixin.wx.getStorageSync('spot'), '')
  sound(set)
  page.close()
})

test('one tap says that something at a station is broken', async () => {
  const set = stage({}, { agreed: null, token: null, me: null })
  const page = await set.open('pages/stations/index')
  assert.equal(page.data.markers.length, 1)
  sound(set)
  page.close()
  const inside = stage()
  const again = await inside.open('pages/stations/index')
  await again.tap('坏了，报一下', '.small-go')
  assert.deepEqual(inside.server.of('POST /stations/{id}/broken').map((one) => [one.args.id, one.body.item]), [['station-1', 'water']])
  again.component.instance.marker({ detail: { markerId: 0 } })
  assert.equal(inside.weixin.of('openLocation')[0].name, '暖新驿站（人民路）')
  sound(inside)
  again.close()
})

test('stations are there without the consent to be located, which is asked for where it helps', async () => {
  const set = stage({
    'GET /stations': ({ query }) => {
      if (query.lat) throw new Refusal(403, 'place_consent_needed', '要先同意用精确位置。', 'lat')
      return town.answers['GET /stations']
    },
  })
  const page = await set.open('pages/stations/index')
  assert.match(page.text, /暖新驿站/)
  await page.tap('去看看，再决定')
  assert.equal(set.weixin.of('navigateTo')[0].url, '/pages/consents/index?kind=precise_place')
  sound(set)
  page.close()
})

test('a notice that calls on people is answered with one tap, its file opened by its token', async () => {
  const set = stage()
  set.weixin.answers.downloadFile = { statusCode: 200, tempFilePath: 'wxfile://tmp/file.pdf' }
  const page = await set.open('pages/notice/index', { id: 'notice-1' })
  await page.tap('停水范围.pdf', '.link')
  const [file] = set.weixin.of('downloadFile')
  assert.deepEqual([file.url, file.header.Authorization], ['https://hemei.example/api/v1/notices/notice-1/files/file-1', 'Bearer token-of-the-test'])
  assert.equal(set.weixin.of('openDocument')[0].filePath, 'wxfile://tmp/file.pdf')
  await page.tap('我去')
  assert.match(page.text, /您说了：我去/)
  sound(set)
  page.close()
})

test('any line of the books can be asked about, once however often it is sent', async () => {
  let broken = true
  const set = stage({ 'POST /books/lines/{id}/question': () => { if (broken) throw new NoNetwork(); return town.whole() } })
  const page = await set.open('pages/month/index', { id: 'month-10' })
  assert.match(page.text, /雷士.*E-NLED0012.*8个.*16\.00元/)
  await page.tap('问这一笔')
  page.component.instance.setData({ text: '为什么换了八个' })
  await page.tap('问出去')
  broken = false
  await page.tap('问出去')
  const sent = set.server.of('POST /books/lines/{id}/question')
  assert.deepEqual(sent.map((one) => [one.args.id, one.body.text]), Array(2).fill(['line-1', '为什么换了八个']))
  assert.equal(new Set(sent.map((one) => one.header['Idempotency-Key'])).size, 1)
  assert.match(page.text, /问出去了/)
  page.close()
})

test('a month that is not put up yet shows no sums', async () => {
  const set = stage()
  const page = await set.open('pages/books/index')
  assert.match(page.text, /2026年11月在记.*收—支—余—/)
  page.close()
})

test('whoever answers for a building is told without a number of anybody', async () => {
  const set = stage()
  const page = await set.open('pages/people/index')
  await page.tap('留言')
  await page.tap('发给他')
  assert.match(page.data.wrong, /请写一句/)
  page.component.instance.setData({ text: '三楼的灯又坏了' })
  await page.tap('发给他')
  assert.deepEqual(set.server.of('POST /people/{id}/message').map((one) => [one.args.id, one.body]), [['keeper-1', { text: '三楼的灯又坏了' }]])
  assert.match(page.text, /带到了/)
  sound(set)
  page.close()
})

test('a question without an approved answer is kept, in the server\'s own words', async () => {
  const set = stage({ 'POST /questions': { answer: null, source: null, as_of: null, valid_until: null, kept: true, words: '记下了，转给社区。' } })
  const page = await set.open('pages/questions/index')
  await page.hear('.words', 'input', { value: '能不能装电梯' })
  page.component.instance.setData({ text: '能不能装电梯' })
  await page.tap('问', '.main')
  assert.match(page.text, /能不能装电梯.*记下了，转给社区。/)
  sound(set)
  page.close()
})

test('what waits goes by itself when the network comes back', async () => {
  const set = stage({}, { drafts: [{ id: 'a-draft-of-yesterday', photos: [], body: { text: '灯不亮' }, wrong: '', sent: true }] })
  let app
  globalThis.App = (told) => { app = told }
  require(path.join(ROOT, 'app.js'))
  app.onLaunch()
  let looked = 0
  const known = globalThis.getCurrentPages
  globalThis.getCurrentPages = () => [{ route: 'pages/report/index', waitingNow: () => { looked += 1 } }]
  set.weixin.online[0]({ isConnected: true })
  await quiet(set.server)
  globalThis.getCurrentPages = known
  assert.equal(looked, 1)
  assert.equal(set.server.of('POST /reports')[0].body.draft_id, 'a-draft-of-yesterday')
})

test('a message that names a matter by its number opens it, if it is mine', async () => {
  const set = stage()
  const page = await set.open('pages/matter/index', { number: '2026-0006' })
  assert.equal(set.server.of('GET /cases/{id}')[0].args.id, 'case-6')
  sound(set)
  page.close()
  const other = await set.open('pages/matter/index', { number: '2026-9999' })
  assert.match(other.text, /没有这一件/)
  other.close()
})

test('every request of the table is made by some page', async () => {
  const acts = require(path.join(ROOT, 'lib/acts'))
  const code = filesOf(SOURCES).filter((file) => file.endsWith('.js')).map((file) => fs.readFileSync(path.join(SOURCES, file), 'utf8')).join('\n')
  const unused = Object.keys(acts).filter((act) => !code.includes(`'${act}'`))
  assert.deepEqual(unused.filter((act) => !/^(case|work)\.(nod|no|rate|more|withdraw|join|return|transfer|progress|finish)$/.test(act)), [])
})

test('every request of the table is in the server\'s document', () => {
  const { paths } = theDocument()
  const missing = Object.values(require(path.join(ROOT, 'lib/acts'))).filter((rule) => {
    const [method, below] = rule.split(' ')
    return !(paths[BASE + below] || {})[method.toLowerCase()]
  })
  assert.deepEqual(missing, [])
})
