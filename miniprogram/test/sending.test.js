/** Speaking to the server: logging in, what is repeated, pictures in parts, drafts that wait, paying. */
const test = require('node:test')
const assert = require('node:assert/strict')
const platform = require('../src/lib/platform')
const { createApi, Trouble } = require('../src/lib/api')
const { createDrafts } = require('../src/lib/drafts')
const { sendPhoto, PART } = require('../src/lib/uploads')
const { payBills, endWords } = require('../src/lib/paying')
const { Server, Refusal, NoNetwork } = require('./support/server')
const { Weixin } = require('./support/weixin')
const town = require('./support/town')

function set(answers = {}) {
  const server = new Server({ ...town.answers, ...answers })
  const weixin = new Weixin(server)
  globalThis.wx = weixin.wx
  const api = createApi({ platform, base: 'https://hemei.example' })
  const reports = createDrafts({
    api, platform, key: 'drafts',
    send: (to, draft, photos) => to.ask('report', { body: { ...draft.body, draft_id: draft.id, photos }, key: draft.id }),
  })
  return { server, weixin, api, reports }
}

const taken = (weixin) => weixin.taken(1).map((one) => ({ path: one.tempFilePath, size: one.size }))[0]
const trouble = (code) => (error) => error instanceof Trouble && error.code === code

test('somebody who asks first is logged in, once, however many ask at once', async () => {
  const { server, api } = set()
  await Promise.all([api.ask('me'), api.ask('cases'), api.ask('me')])
  assert.equal(server.of('POST /login').length, 1)
  assert.equal(server.of('GET /me')[0].header.Authorization, 'Bearer token-of-the-test')
  assert.deepEqual(server.faults, [])
})

test('a token that is over is renewed, once, and the person notices nothing', async () => {
  let over = true
  const { server, api, weixin } = set({
    'GET /me': () => {
      if (over) throw new Refusal(401, 'login_needed')
      return town.me()
    },
    'POST /login': () => {
      over = false
      return town.answers['POST /login']
    },
  })
  weixin.wx.setStorageSync('token', 'an-old-one')
  assert.equal((await api.ask('me')).phone, '138****5678')
  assert.deepEqual(server.asked.map((one) => one.route), ['GET /me', 'POST /login', 'GET /me'])
})

test('a login that is refused again and again ends', async () => {
  const { server, api } = set({ 'GET /me': () => { throw new Refusal(401, 'login_needed') } })
  await assert.rejects(api.ask('me'), trouble('login_needed'))
  assert.equal(server.of('POST /login').length, 2)
})

test('what the server refuses keeps its code, its words and its field', async () => {
  const { api } = set({ 'POST /cases/{id}/more': () => { throw new Refusal(422, 'text_missing', '请说一句。', 'text') } })
  const error = await api.ask('case.more', { id: 'x', body: { text: '', photos: [] } }).catch((one) => one)
  assert.deepEqual([error.code, error.message, error.field, error.status, error.passes], ['text_missing', '请说一句。', 'text', 422, false])
})

test('without a network the words are our own, and the same may be tried again', async () => {
  const { api } = set({ 'GET /me': () => { throw new NoNetwork() } })
  const error = await api.ask('me').catch((one) => one)
  assert.deepEqual([error.code, error.passes], ['offline', true])
  assert.match(error.message, /网络/)
})

test('ids and words of people are written into addresses whole', async () => {
  const { server, api } = set()
  await api.ask('places', { query: { q: '3号楼 & 1单元?', door: '', lat: null } })
  assert.deepEqual(server.of('GET /places')[0].query, { q: '3号楼 & 1单元?' })
})

test('a list is read to its end, and no further than is sensible', async () => {
  const { server, api } = set({ 'GET /cases': ({ query }) => town.page([town.line()], query.cursor === 'b' ? null : query.cursor ? 'b' : 'a') })
  assert.equal((await api.all('cases')).length, 3)
  assert.equal((await api.all('cases', {}, 2)).length, 2)
  assert.deepEqual(server.of('GET /cases').map((one) => one.query.cursor), [undefined, 'a', 'b', undefined, 'a'])
})

test('leaving forgets the token also when the server cannot be reached', async () => {
  const { api, weixin } = set({ 'POST /logout': () => { throw new NoNetwork() } })
  await api.ask('me')
  await assert.rejects(api.leave(), trouble('offline'))
  assert.equal(weixin.wx.getStorageSync('token'), '')
})

test('a picture goes in parts, each from where the one before ended', async () => {
  const { server, weixin, api } = set()
  const photo = taken(weixin)
  assert.equal(await sendPhoto({ api, platform }, photo, () => undefined), 'upload-1')
  const parts = server.of('PUT /uploads/{id}')
  assert.deepEqual(parts.map((one) => Number(one.header['Upload-Offset'])), [0, PART, 2 * PART])
  assert.equal(parts.reduce((sum, one) => sum + one.body.byteLength, 0), 300 * 1024)
  assert.deepEqual(server.of('POST /uploads')[0].body, { size: 300 * 1024, type: 'image/jpeg' })
})

test('a part of a picture has a minute on a slow line, words have less', async () => {
  const { server, weixin, api } = set()
  const times = new Map()
  const handle = server.handle.bind(server)
  server.handle = (options) => {
    times.set(options.data instanceof ArrayBuffer, options.timeout)
    return handle(options)
  }
  await sendPhoto({ api, platform }, taken(weixin), () => undefined)
  assert.deepEqual([times.get(true), times.get(false)], [60000, 15000])
})

test('a picture whose sending broke off goes on where the server stopped', async () => {
  let broken = true
  const { server, weixin, api } = set({
    'PUT /uploads/{id}': (asked) => {
      if (broken && asked.header['Upload-Offset'] !== '0') throw new NoNetwork()
      return town.answers['PUT /uploads/{id}'](asked)
    },
    'GET /uploads/{id}': { id: 'upload-1', offset: PART, size: 300 * 1024, state: 'open' },
  })
  const photo = taken(weixin)
  await assert.rejects(sendPhoto({ api, platform }, photo, () => undefined), trouble('offline'))
  broken = false
  await sendPhoto({ api, platform }, photo, () => undefined)
  assert.equal(server.of('POST /uploads').length, 1)
  assert.deepEqual(server.of('PUT /uploads/{id}').map((one) => Number(one.header['Upload-Offset'])), [0, PART, PART, 2 * PART])
})

test('a part whose answer was lost is not sent for ever', async () => {
  const { server, weixin, api } = set({
    'PUT /uploads/{id}': () => { throw new Refusal(409, 'upload_offset') },
    'GET /uploads/{id}': { id: 'upload-1', offset: 0, size: 300 * 1024, state: 'open' },
  })
  await assert.rejects(sendPhoto({ api, platform }, taken(weixin), () => undefined), trouble('unknown'))
  assert.ok(server.of('PUT /uploads/{id}').length <= 4)
})

test('an upload that the server has forgotten begins anew', async () => {
  const { server, weixin, api } = set({ 'GET /uploads/{id}': () => { throw new Refusal(404, 'not_found') } })
  await sendPhoto({ api, platform }, { ...taken(weixin), upload: 'gone' }, () => undefined)
  assert.equal(server.of('POST /uploads').length, 1)
})

test('pictures that a full telephone cannot keep stay where they lie', async () => {
  const { weixin } = set()
  assert.match((await platform.pickPhotos(1))[0].path, /store/)
  weixin.fails.saveFile = 'the maximum size of the file storage limit is exceeded'
  const [photo] = await platform.pickPhotos(1)
  assert.ok(weixin.files.has(photo.path))
})

test('a draft that was sent is gone, with its pictures', async () => {
  const { server, weixin, reports } = set()
  const photo = taken(weixin)
  const draft = reports.add({ text: '灯不亮', place_id: 'place-3-1' }, [photo])
  const made = await reports.deliver(draft)
  assert.equal(made.number, '2026-0007')
  const [sent] = server.of('POST /reports')
  assert.deepEqual(sent.body, { text: '灯不亮', place_id: 'place-3-1', draft_id: draft.id, photos: ['upload-1'] })
  assert.equal(sent.header['Idempotency-Key'], draft.id)
  assert.deepEqual(reports.list(), [])
  assert.equal(weixin.files.has(photo.path), false)
})

test('a draft that no network took waits, and goes with the same key', async () => {
  let online = false
  const { server, reports } = set({
    'POST /reports': () => {
      if (!online) throw new NoNetwork()
      return town.whole()
    },
  })
  const draft = reports.add({ text: '灯不亮' })
  await assert.rejects(reports.deliver(draft), trouble('offline'))
  assert.equal(reports.list().length, 1)
  online = true
  await Promise.all([reports.deliverAll(), reports.deliverAll()])
  assert.deepEqual(reports.list(), [])
  const keys = server.of('POST /reports').map((one) => one.header['Idempotency-Key'])
  assert.deepEqual(keys, [draft.id, draft.id])
})

test('a draft that the server refuses is kept with its reason, and does not go by itself', async () => {
  const { server, reports } = set({ 'POST /reports': () => { throw new Refusal(422, 'place_missing', '请说在哪儿。', 'place_id') } })
  await assert.rejects(reports.deliver(reports.add({ text: '灯不亮' })), trouble('place_missing'))
  assert.equal(reports.list()[0].wrong, '请说在哪儿。')
  await reports.deliverAll()
  assert.equal(server.of('POST /reports').length, 1)
})

test('one draft that is refused does not hold up the next', async () => {
  const { reports } = set({
    'POST /reports': ({ body }) => {
      if (body.text === 'x') throw new Refusal(422, 'place_missing')
      return town.whole()
    },
  })
  for (const text of ['x', 'y']) reports.save({ ...reports.add({ text }), sent: true })
  assert.equal((await reports.deliverAll()).length, 1)
  assert.deepEqual(reports.list().map((one) => one.body.text), ['x'])
})

test('a tap and a network that comes back send the same draft once', async () => {
  const { server, reports, weixin } = set()
  const draft = reports.add({ text: '灯不亮' }, [taken(weixin)])
  await Promise.all([reports.deliver(draft), reports.deliverAll()])
  assert.equal(server.of('POST /reports').length, 1)
  assert.equal(server.of('POST /uploads').length, 1)
  assert.deepEqual(reports.list(), [])
})

test('a draft whose pictures the server has given up meanwhile sends them once more', async () => {
  let uploads = 0
  const { server, weixin, reports } = set({
    'POST /uploads': ({ body }) => ({ id: `upload-${(uploads += 1) + 1}`, offset: 0, size: body.size, state: 'open' }),
    'POST /reports': ({ body }) => {
      if (body.photos[0] === 'upload-1') throw new Refusal(422, 'upload_not_found', '照片没有传完', 'photos.0')
      return town.whole()
    },
  })
  const photo = { ...taken(weixin), upload: 'upload-1', done: true }
  await reports.deliver(reports.add({ text: '灯不亮' }, [photo]))
  assert.deepEqual(server.of('POST /reports').map((one) => one.body.photos), [['upload-1'], ['upload-2']])
  assert.deepEqual(reports.list(), [])
})

test('pictures that are not there at all are not sent for ever', async () => {
  const { server, weixin, reports } = set({ 'POST /reports': () => { throw new Refusal(422, 'upload_not_found', '照片没有传完', 'photos.0') } })
  await assert.rejects(reports.deliver(reports.add({ text: '灯不亮' }, [taken(weixin)])), trouble('upload_not_found'))
  assert.equal(server.of('POST /reports').length, 2)
  assert.equal(reports.list()[0].wrong, '照片没有传完')
})

test('what says nothing of the draft itself lets it wait: a copy under way, a login, the notice', async () => {
  for (const [status, code] of [[409, 'still_at_it'], [401, 'login_code'], [403, 'consent_needed']]) {
    const { reports } = set({ 'POST /reports': () => { throw new Refusal(status, code) } })
    await assert.rejects(reports.deliver(reports.add({ text: '灯不亮' })), trouble(code))
    assert.deepEqual(reports.list().map((one) => [one.sent, one.wrong]), [[true, '']], code)
  }
})

test('a draft that is given up while another one is on its way does not go', async () => {
  /** @type {any} */
  let reports = null
  const { server, ...rest } = set({
    'POST /reports': ({ body }) => {
      if (body.text === 'x') reports.drop(reports.list().find((one) => one.body.text === 'y').id)
      return town.whole()
    },
  })
  reports = rest.reports
  for (const text of ['x', 'y']) reports.save({ ...reports.add({ text }), sent: true })
  await reports.deliverAll()
  assert.deepEqual(server.of('POST /reports').map((one) => one.body.text), ['x'])
})

test('the page of a network that wants to be logged in to is no answer', async () => {
  const { api, weixin } = set()
  weixin.server.handle = async () => ({ statusCode: 200, data: '<html>欢迎使用WiFi</html>', header: {} })
  const error = await api.ask('categories', { open: true }).catch((one) => one)
  assert.deepEqual([error.code, error.passes], ['unknown', true])
})

test('a file is read with the token of now, as what its name says, and what cannot be read is said', async () => {
  const { api, weixin } = set()
  weixin.answers.downloadFile = { statusCode: 200, tempFilePath: 'wxfile://tmp/1.unknown' }
  await api.showFile('/api/v1/notices/n/files/f', '停水范围.PDF')
  assert.equal(weixin.of('downloadFile')[0].header.Authorization, 'Bearer token-of-the-test')
  assert.equal(weixin.of('openDocument')[0].fileType, 'pdf')
  weixin.fails.openDocument = 'filetype not supported'
  await assert.rejects(api.showFile('/api/v1/notices/n/files/f', 'a.pdf'), trouble('unreadable'))
  weixin.answers.downloadFile = { statusCode: 404, tempFilePath: '' }
  await assert.rejects(api.showFile('/api/v1/notices/n/files/f', 'a.pdf'), trouble('unknown'))
  weixin.fails.downloadFile = 'timeout'
  await assert.rejects(api.showFile('/api/v1/notices/n/files/f', 'a.pdf'), trouble('offline'))
})

const hemei = (api) => ({ api, platform, Trouble })
const quick = () => Promise.resolve()

test('a payment is money only when the server says so', async () => {
  const states = ['waiting', 'waiting', 'paid']
  const { server, weixin, api } = set({ 'GET /orders/{id}': () => town.order(states.shift()) })
  assert.equal(await payBills(hemei(api), ['bill-1'], quick), 'paid')
  assert.deepEqual(server.of('POST /orders')[0].body, { bill_ids: ['bill-1'] })
  assert.equal(weixin.of('requestPayment')[0].package, 'prepay_id=wx1')
  assert.equal(server.of('GET /orders/{id}').length, 3)
})

test('a payment that does not arrive is waited for, not claimed', async () => {
  const { api } = set({ 'GET /orders/{id}': () => town.order('waiting') })
  assert.equal(await payBills(hemei(api), ['bill-1'], quick), 'waiting')
})

test('money that a person has to look at is not waited for, nor is an order that is over', async () => {
  for (const state of ['held', 'over']) {
    const { server, api } = set({ 'GET /orders/{id}': () => town.order(state) })
    assert.equal(await payBills(hemei(api), ['bill-1'], quick), state)
    assert.equal(server.of('GET /orders/{id}').length, 1)
    assert.ok(endWords[state])
  }
})

test('a network that goes away after the payment claims nothing: it is waited for', async () => {
  const { api } = set({ 'GET /orders/{id}': () => { throw new NoNetwork() } })
  assert.equal(await payBills(hemei(api), ['bill-1'], quick), 'waiting')
})

test('a closed window is no payment, unless the server knows better', async () => {
  for (const [state, end] of [['waiting', 'cancelled'], ['over', 'cancelled'], ['paid', 'paid'], ['held', 'held']]) {
    const { weixin, api } = set({ 'GET /orders/{id}': () => town.order(state) })
    weixin.fails.requestPayment = 'cancel'
    assert.equal(await payBills(hemei(api), ['bill-1'], quick), end)
  }
})

test('what is paid already is not paid again', async () => {
  const { weixin, api } = set({ 'POST /orders': { ...town.order('paid'), payment: null } })
  assert.equal(await payBills(hemei(api), ['bill-1'], quick), 'paid')
  assert.equal(weixin.of('requestPayment').length, 0)
})
