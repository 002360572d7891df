/** Every page on the stage, against a small town that answers as the server's document says. */
const test = require('node:test')
const assert = require('node:assert/strict')
const path = require('node:path')
const town = require('./support/town')
const { Server, Refusal, NoNetwork } = require('./support/server')
const { Weixin } = require('./support/weixin')
const { Stage, pages, ROOT, quiet } = require('./support/stage')
const { scenes } = require('./support/scenes')

/** @param {object} [answers] @param {object} [kept] what lies in the telephone */
function stage(answers = {}, kept = {}) {
  const weixin = new Weixin(new Server({ ...town.answers, ...answers }))
  const shelves = { agreed: '2026-11', token: 'token-of-the-test', me: town.me(), ...kept }
  for (const [key, value] of Object.entries(shelves)) if (value !== null) weixin.wx.setStorageSync(key, value)
  return new Stage(weixin)
}

const sound = (set) => assert.deepEqual(set.server.faults, [])

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

test('a report is a picture, a place and a sentence: three taps', async () => {
  const set = stage({}, { spot: { label: town.PLACE.label, place_id: town.PLACE.place_id } })
  const page = await set.open('pages/report/index')
  page.component.instance.pictures({ detail: { photos: [{ path: set.weixin.taken(1)[0].tempFilePath, size: 300 * 1024 }] } })
  await page.hear('.words', 'blur', { value: '楼道灯不亮' })
  assert.match(page.text, /猜的是「照明」/)
  assert.match(page.text, /是同一件吗/)
  await page.tap('报上去', '.main')
  const [sent] = set.server.of('POST /reports')
  assert.deepEqual({ ...sent.body, draft_id: '' }, { text: '楼道灯不亮', category: 'lighting', place_id: 'place-3-1', photos: ['upload-1'], draft_id: '' })
  assert.equal(set.weixin.of('navigateTo').at(-1).url, '/pages/reported/index?id=case-7')
  assert.equal(page.data.text, '')
  sound(set)
  page.close()
})

test('a category that a person chose is not guessed over', async () => {
  const set = stage()
  const page = await set.open('pages/report/index')
  await page.hear('wx-picker', 'change', { value: '1' }).catch(() => page.component.instance.categoryPicked({ detail: { value: '1' } }))
  await page.hear('.words', 'blur', { value: '楼道灯不亮' })
  assert.equal(page.data.category, 'drainage')
  assert.equal(set.server.of('POST /guess').length, 0)
  page.close()
})

test('a report needs neither register nor home', async () => {
  const set = stage({ 'GET /me': town.me(town.RIDER) }, { me: town.me(town.RIDER) })
  const page = await set.open('pages/report/index', { q: encodeURIComponent('https://hemei.example/q/door-3-1') })
  assert.match(page.text, /育英小区3号楼1单元/)
  await page.hear('.words', 'blur', { value: '门关不上' })
  await page.tap('报上去', '.main')
  assert.equal(set.server.of('POST /reports')[0].body.door, 'door-3-1')
  sound(set)
  page.close()
})

test('nothing said and nothing shown is not reported', async () => {
  const set = stage()
  const page = await set.open('pages/report/index')
  await page.tap('报上去', '.main')
  assert.match(page.data.wrong, /拍一张照片/)
  assert.equal(set.server.of('POST /reports').length, 0)
  page.close()
})

test('a report without a network waits in the telephone and is shown', async () => {
  let online = false
  const set = stage({ 'POST /reports': () => { if (!online) throw new NoNetwork(); return town.whole() } })
  const page = await set.open('pages/report/index')
  await page.hear('.words', 'blur', { value: '灯不亮' })
  await page.tap('报上去', '.main')
  assert.match(set.weixin.of('showToast')[0].title, /先存在手机里/)
  assert.match(page.text, /还没报上去的.*灯不亮/)
  online = true
  await page.tap('再报一次')
  assert.doesNotMatch(page.text, /还没报上去的/)
  const ids = set.server.of('POST /reports').map((one) => one.body.draft_id)
  assert.equal(new Set(ids).size, 1)
  page.close()
})

test('what the server refuses stands at its draft, and can be given up', async () => {
  const set = stage({ 'POST /reports': () => { throw new Refusal(422, 'place_missing', '请说在哪儿。', 'place_id') } })
  const page = await set.open('pages/report/index')
  await page.hear('.words', 'blur', { value: '灯不亮' })
  await page.tap('报上去', '.main')
  assert.equal(page.data.wrong, '请说在哪儿。')
  assert.match(page.text, /请说在哪儿。/)
  await page.tap('不报了')
  assert.deepEqual(page.data.waiting, [])
  page.close()
})

test('two quick taps report once', async () => {
  const set = stage()
  const page = await set.open('pages/report/index')
  await page.hear('.words', 'blur', { value: '灯不亮' })
  const { instance } = page.component
  await Promise.all([instance.send(), instance.send()])
  await quiet(set.server)
  assert.equal(set.server.of('POST /reports').length, 1)
  page.close()
})

test('the place is found by the door\'s code, by where one stands, and by words', async () => {
  const set = stage()
  const page = await set.open('pages/place/index')
  await page.tap('扫单元门上的码')
  assert.equal(set.server.of('GET /scenes/{scene}')[0].args.scene, 'door-3-1')
  assert.equal(set.weixin.wx.getStorageSync('spot').door, 'door-3-1')
  await page.tap('就在我身边')
  assert.deepEqual(set.server.of('GET /places')[0].query, { lat: '46.63', lng: '126.98' })
  assert.match(page.text, /地图上的一点/)
  await page.hear('wx-input', 'input', { value: '育英小区3号楼' }).catch(() => page.component.instance.setData({ q: '育英小区3号楼' }))
  await page.tap('找')
  assert.equal(set.server.of('GET /places')[1].query.q, '育英小区3号楼')
  sound(set)
  page.close()
})

test('a position that is refused is said, and another way is left', async () => {
  const set = stage()
  set.weixin.fails.getLocation = 'auth deny'
  const page = await set.open('pages/place/index')
  await page.tap('就在我身边')
  assert.match(page.data.wrong, /没有拿到位置/)
  page.close()
})

test('whether we may tell is asked in the moment, from a tap, and the answer is counted', async () => {
  const set = stage()
  const page = await set.open('pages/reported/index', { id: 'case-7' })
  assert.equal(set.weixin.of('requestSubscribeMessage').length, 0)
  await page.tap('办好了告诉我')
  assert.deepEqual(set.server.of('POST /subscriptions')[0].body, { moment: 'reported', results: { 'template-1': 'accept' } })
  assert.match(page.text, /有进展就告诉您/)
  sound(set)
  page.close()
})

test('a no to being told is counted too', async () => {
  const set = stage()
  set.weixin.answers.subscribed = 'reject'
  const page = await set.open('pages/reported/index', { id: 'case-7' })
  await page.tap('办好了告诉我')
  assert.equal(set.server.of('POST /subscriptions')[0].body.results['template-1'], 'reject')
  assert.match(page.text, /没有打开提醒/)
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
  const set = stage({}, { drafts: [{ id: 'x', photos: [], body: { text: '灯不亮' }, wrong: '' }] })
  const page = await set.open('pages/me/index')
  await page.tap('退出')
  assert.equal(set.server.of('POST /logout').length, 1)
  assert.equal(set.weixin.wx.getStorageSync('token'), '')
  assert.equal(set.weixin.wx.getStorageSync('me'), '')
  assert.equal(set.weixin.wx.getStorageSync('drafts').length, 1)
  page.close()
})

test('a home is bound with a door, a room and a proof', async () => {
  const set = stage()
  const page = await set.open('pages/homes/index')
  await page.tap('绑定', '.go')
  assert.match(page.data.wrong, /请先扫门上的码/)
  await page.tap('先扫单元门上的码')
  page.component.instance.setData({ room: '302', proof: 1 })
  await page.component.instance.bind()
  assert.deepEqual(set.server.of('POST /homes')[0].body, { door: 'door-3-1', room: '302', proof: 'door' })
  assert.match(page.text, /等人确认/)
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

test('a consent is taken back as easily as it was given', async () => {
  const set = stage()
  const page = await set.open('pages/consents/index')
  await page.tap('收回')
  assert.deepEqual(set.server.of('PUT /consents/{kind}').map((one) => [one.args.kind, one.body.given]), [['precise_place', false]])
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
  await again.tap('坏了', '.small-go')
  assert.deepEqual(inside.server.of('POST /stations/{id}/broken').map((one) => [one.args.id, one.body.item]), [['station-1', 'water']])
  again.component.instance.marker({ detail: { markerId: 0 } })
  assert.equal(inside.weixin.of('openLocation')[0].name, '暖新驿站（人民路）')
  sound(inside)
  again.close()
})

test('a cadre accepts, and finishes with a picture of after', async () => {
  const set = stage({}, { me: town.me(town.CADRE) })
  const page = await set.open('work/case/index', { id: 'case-7' })
  await page.tap('接单')
  assert.equal(set.server.of('POST /work/cases/{id}/accept').length, 1)
  await page.tap('办好了')
  page.component.instance.setData({ text: '换了灯泡' })
  await page.tap('交给居民看')
  assert.match(page.data.wrong, /办好后的照片/)
  page.component.instance.afterTaken({ detail: { photos: [{ path: set.weixin.taken(1)[0].tempFilePath, size: 300 * 1024 }] } })
  await page.tap('交给居民看')
  assert.deepEqual(set.server.of('POST /work/cases/{id}/finish')[0].body, { text: '换了灯泡', before: [], after: ['upload-1'] })
  sound(set)
  page.close()
})

test('a case is transferred to somebody whom the server names', async () => {
  const set = stage({}, { me: town.me(town.CADRE) })
  const page = await set.open('work/case/index', { id: 'case-7' })
  await page.tap('转给')
  page.component.instance.setData({ text: '归网格' })
  await page.tap('转过去')
  assert.match(page.data.wrong, /转给谁/)
  page.component.instance.toPicked({ detail: { value: '0' } })
  await page.tap('转过去')
  assert.deepEqual(set.server.of('POST /work/cases/{id}/transfer')[0].body, { to: 'post-2', reason: '归网格' })
  assert.equal(set.weixin.of('reLaunch')[0].url, '/work/today/index')
  sound(set)
  page.close()
})

test('a visit without a network waits, and arrives once, with its opinions', async () => {
  let online = false
  const set = stage({ 'POST /work/visits': () => { if (!online) throw new NoNetwork(); return town.answers['POST /work/visits'] } }, { me: town.me(town.CADRE) })
  const page = await set.open('work/visit/index', { home_id: 'home-301', label: encodeURIComponent('301室') })
  await page.tap('登记')
  assert.match(page.data.wrong, /见没见到/)
  await page.tap('见到了', '.choice')
  await page.tap('加一条意见')
  const { instance } = page.component
  instance.say({ currentTarget: { dataset: { at: 0 } }, detail: { value: '楼道太黑' } })
  instance.make({ currentTarget: { dataset: { at: 0 } }, detail: { value: true } })
  await page.tap('登记')
  assert.match(set.weixin.of('showToast')[0].title, /先存在手机里/)
  page.close()
  online = true
  const list = await set.open('work/visits/index')
  const sent = set.server.of('POST /work/visits')
  assert.equal(new Set(sent.map((one) => one.body.sync_id)).size, 1)
  assert.equal(sent.at(-1).body.opinions[0].text, '楼道太黑')
  assert.equal(sent.at(-1).body.opinions[0].make_case, true)
  assert.deepEqual(list.data.waiting, [])
  sound(set)
  list.close()
})

test('the list of homes is there in a stairwell without a network', async () => {
  const set = stage({}, { me: town.me(town.CADRE) })
  ;(await set.open('work/visits/index')).close()
  set.server.answers['GET /work/visits'] = () => { throw new NoNetwork() }
  const page = await set.open('work/visits/index')
  assert.match(page.text, /看的是上回的名单/)
  assert.match(page.text, /301室/)
  page.close()
})

test('one tap answers a roll-call', async () => {
  const set = stage({}, { me: town.me(town.CADRE) })
  const page = await set.open('work/rollcall/index')
  await page.tap('到')
  assert.equal(set.server.of('POST /work/rollcalls/{id}')[0].args.id, 'call-1')
  sound(set)
  page.close()
})

test('what waits goes by itself when the network comes back', async () => {
  const set = stage({}, { drafts: [{ id: 'a-draft-of-yesterday', photos: [], body: { text: '灯不亮' }, wrong: '', sent: true }] })
  let app
  globalThis.App = (told) => { app = told }
  require(path.join(ROOT, 'app.js'))
  app.onLaunch()
  set.weixin.online[0]({ isConnected: true })
  await quiet(set.server)
  assert.equal(set.server.of('POST /reports')[0].body.draft_id, 'a-draft-of-yesterday')
})

test('every request of the table is made by some page', async () => {
  const acts = require(path.join(ROOT, 'lib/acts'))
  const { filesOf, SOURCES } = require('../tools/build')
  const fs = require('node:fs')
  const code = filesOf(SOURCES).filter((file) => file.endsWith('.js')).map((file) => fs.readFileSync(path.join(SOURCES, file), 'utf8')).join('\n')
  const unused = Object.keys(acts).filter((act) => !code.includes(`'${act}'`))
  assert.deepEqual(unused.filter((act) => !/^(case|work)\.(nod|no|rate|more|withdraw|join|return|transfer|progress|finish)$/.test(act)), [])
})

test('every request of the table is in the server\'s document', () => {
  const { theDocument, BASE } = require('./support/server')
  const { paths } = theDocument()
  const missing = Object.values(require(path.join(ROOT, 'lib/acts'))).filter((rule) => {
    const [method, below] = rule.split(' ')
    return !(paths[BASE + below] || {})[method.toLowerCase()]
  })
  assert.deepEqual(missing, [])
})

test('a code of a bill or of a matter opens it, through what the person may see', async () => {
  for (const [kind, page] of [['bill', '/pages/bill/index'], ['case', '/pages/matter/index']]) {
    const set = stage({ 'GET /scenes/{scene}': { kind, door: null, id: 'one-1', place: null } })
    const opened = await set.open('pages/report/index', { scene: encodeURIComponent('abcDEF0123456789abcdef') })
    assert.equal(set.weixin.of('navigateTo')[0].url, `${page}?id=one-1`)
    sound(set)
    opened.close()
  }
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
