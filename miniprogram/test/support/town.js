/** A small town that answers everything: whoever asks, and what there is to see. Made-up people only. */

const NOW = Date.parse('2026-11-20T10:00:00+08:00')

const at = (text) => `2026-11-${text}:00+08:00`

const HOME = {
  id: 'home-302', label: '育英小区3号楼1单元302室', estate: '育英小区', building: '3', unit: '1', room: '302',
  state: 'bound', since: at('01T09:00'), mark: null,
}

const me = (more = {}) => ({
  name: null, phone: '138****5678', roles: ['resident'], posts: [], homes: [HOME], elder: false, consents_due: [], ...more,
})

const CADRE = { name: '李卫东', roles: ['resident', 'cadre'], posts: ['keeper'] }
const RIDER = { roles: ['resident', 'rider'], homes: [], phone: null }

const CONSENTS = [
  {
    kind: 'basic', version: '2026-11', title: '您的信息怎么用', required: true, state: 'due', at: null,
    text: '只为三件事：把您说的事交给该管的人办好，把办的结果告诉您，把您家的物业费和大家的账算清楚。\n\n留下微信给的编号、您说的话、照片和位置。照片里藏着的拍摄地点，收到时就删掉。',
  },
  {
    kind: 'precise_place', version: '2026-11', title: '精确位置', required: false, state: 'given', at: at('12T08:30'),
    text: '报事时用手机的位置，找到事情在哪儿。',
  },
]

const PLACE = { label: '育英小区3号楼1单元', estate: '育英小区', building: '3', unit: '1', units: [], metres: null, place_id: 'place-3-1' }

const line = (more = {}) => ({
  id: 'case-7', number: '2026-0007', state: 'handling', state_label: '在办', text: '楼道灯不亮，老人上下楼看不见',
  category: 'lighting', category_label: '照明', urgency: 'normal', late: false, mine: true, asks: false,
  place: '育英小区3号楼1单元', due_at: at('21T18:00'), reported_at: at('19T18:40'), ...more,
})

const PHOTO = { id: 'photo-1', url: '/api/v1/photos/token-1', part: 'report', at: at('19T18:41') }

const STORY = [
  { at: at('19T18:40'), kind: 'reported', words: '收到您报的事', photos: [PHOTO] },
  { at: at('19T18:40'), kind: 'dispatched', words: '派给包保干部李卫东', photos: [] },
  { at: at('20T08:15'), kind: 'accepted', words: '李卫东接了单，说上午来看', photos: [] },
]

const whole = (more = {}) => ({
  ...line(), photos: [], story: STORY, grade: null, fellows: 0,
  who: { name: '李卫东', role: '包保干部', employer: '县档案馆', phone: '0455-1234567' }, may: ['more', 'withdraw'], ...more,
})

const FINISHED = {
  state: 'finished', state_label: '请您看', may: ['nod', 'no'],
  story: [...STORY, { at: at('20T09:30'), kind: 'finished', words: '换了灯泡和开关，声明办好', photos: [] }],
}

const page = (items, next = null) => ({ items, next })

const MONTH = {
  id: 'month-10', month: '2026-10', label: '2026年10月', estate: '育英小区', state: 'published', state_label: '已公示',
  income_fen: 1234500, outlay_fen: 987600, left_fen: 246900,
}

const NOTICE = {
  id: 'notice-1', title: '11月22日停水检修', kind: 'ordinary', kind_label: '一般通知', state: 'told', sent_at: at('20T08:00'),
  read: false,
}

const BILL = {
  id: 'bill-1', number: 'ZD2026-0302', title: '物业费', place: HOME.label, period: '2026年', state: 'open', state_label: '没交', amount_fen: 18000, paid_fen: 0, payable: true,
  due_at: at('30T23:59'),
}
const LINES = [
  { title: '物业费', words: '50.00㎡ × 0.30元 × 12个月', amount_fen: 18000 },
]

const RECEIPT = {
  id: 'receipt-1', number: 'SJ2025-0302', amount_fen: 18000, paid_at: '2025-12-03T09:12:00+08:00', way: 'wechat',
  way_label: '微信支付', state: 'booked',
}

const order = (state = 'waiting') => ({
  id: 'order-1', amount_fen: 18000, state, receipt_id: null,
  payment: { timeStamp: '1795140000', nonceStr: 'nonce', package: 'prepay_id=wx1', signType: 'RSA', paySign: 'signature' },
})

const door = (room) => ({
  id: `home-${room}`, label: `育英小区3号楼1单元${room}室`, result: null, result_label: null, visited_at: null,
})

const DOORS = [door('301'), door('302')]

const answers = {
  'POST /login': { token: 'token-of-the-test', expires_at: at('30T10:00'), me: me() },
  'POST /logout': { done: true },
  'GET /me': me(),
  'PUT /me': ({ body }) => me({ elder: body.elder }),
  'POST /me/phone': me(),
  'GET /consents': { items: CONSENTS },
  'PUT /consents/{kind}': ({ args, body }) => ({
    ...CONSENTS.find((one) => one.kind === args.kind), state: body.given ? 'given' : 'refused', at: at('20T10:00'),
  }),
  'GET /homes': { items: [HOME] },
  'POST /homes': { ...HOME, state: 'waiting', mark: '482 913' },
  'GET /homes/requests': { items: [{ id: 'ask-1', name: '139****0002', mark: '407 128', label: HOME.label, since: at('20T09:00') }] },
  'POST /homes/requests/{id}': { done: true },
  'DELETE /homes/{id}': { done: true },
  'GET /scenes/{scene}': ({ args }) => ({ kind: 'door', door: args.scene, id: null, place: PLACE }),
  'GET /places': { items: [PLACE] },
  'POST /guess': { category: 'lighting', label: '照明', urgency: 'normal', place: null },
  'GET /categories': { items: [{ category: 'lighting', label: '照明' }, { category: 'drainage', label: '排水' }, { category: 'fees', label: '物业费' }] },
  'POST /uploads': ({ body }) => ({ id: 'upload-1', offset: 0, size: body.size, state: 'open' }),
  'GET /uploads/{id}': { id: 'upload-1', offset: 0, size: 300 * 1024, state: 'open' },
  'PUT /uploads/{id}': ({ body, header }) => {
    const offset = Number(header['Upload-Offset']) + body.byteLength
    return { id: 'upload-1', offset, size: Math.max(offset, 300 * 1024), state: offset < 300 * 1024 ? 'open' : 'kept' }
  },
  'POST /cases/{id}/nod': () => whole({ state: 'closed', state_label: '办完', may: ['rate'] }),
  'POST /cases/{id}/no': () => whole(),
  'POST /cases/{id}/rate': () => whole({ state: 'rated', state_label: '办完', may: [], grade: 5 }),
  'POST /cases/{id}/more': () => whole(),
  'POST /cases/{id}/withdraw': () => whole({ state: 'void', state_label: '作废', may: [] }),
  'POST /cases/{id}/join': () => whole({ mine: false, may: ['leave'] }),
  'POST /cases/{id}/leave': () => line({ mine: false }),
  'GET /cases': page([line(), line({ id: 'case-6', number: '2026-0006', ...{ state: 'finished', state_label: '请您看' }, text: '单元门关不上' })]),
  'GET /cases/{id}': whole(),
  'POST /reports': whole({ state: 'dispatched', state_label: '已派单' }),
  'GET /reports/same': {
    items: [{
      id: 'case-5', number: '2026-0005', category_label: '照明', place: PLACE.label, state_label: '在办', reported_at: at('18T09:00'),
      people: 2, mine: false,
    }],
  },
  'GET /subscriptions': { template_ids: ['template-1'] },
  'POST /subscriptions': { done: true },
  'GET /notices': page([NOTICE, { ...NOTICE, id: 'notice-2', title: '换楼道灯的账贴出来了', sent_at: at('15T08:00'), read: true }]),
  'GET /notices/{id}': {
    ...NOTICE, text: '育英小区3号楼11月22日9:00至15:00停水检修，请提前存水。下午两点清水箱，请来两个人搭把手。', photos: [],
    signed: '育英社区', valid_until: at('22T15:00'), corrected_by: null, asks_confirm: true, confirmed: false, coming: null,
    read: true, attachments: [{ id: 'file-1', name: '停水范围.pdf', url: '/api/v1/notices/notice-1/files/file-1' }],
  },
  'POST /notices/{id}/confirm': () => ({ ...answers['GET /notices/{id}'], asks_confirm: false, confirmed: true, coming: true }),
  'POST /notices/{id}/cannot': () => ({ ...answers['GET /notices/{id}'], confirmed: true, coming: false }),
  'GET /bills': page([BILL, { ...BILL, id: 'bill-0', period: '2025年', state: 'paid', state_label: '交清', paid_fen: 18000, payable: false }]),
  'GET /bills/{id}': { ...BILL, lines: LINES, first: '2026-01-01', last: '2026-12-31' },
  'POST /orders': order(),
  'GET /orders/{id}': order('paid'),
  'GET /receipts': page([RECEIPT]),
  'GET /receipts/{id}': {
    ...RECEIPT, place: HOME.label, kept_fen: 0,
    lines: [{ title: '2025年物业费', amount_fen: 18000 }],
  },
  'GET /books/months': page([MONTH, { ...MONTH, id: 'month-11', month: '2026-11', label: '2026年11月', state: 'running', state_label: '在记', income_fen: null, outlay_fen: null, left_fen: null }]),
  'GET /books/months/{id}': {
    ...MONTH, published_at: at('03T09:00'), opening_fen: 0,
    shares: [
      { code: 'labour', label: '人工', amount_fen: 671568, permille: 680, share: '68.0%' },
      { code: 'material', label: '材料', amount_fen: 316032, permille: 320, share: '32.0%' },
    ],
    lines: [{
      id: 'line-1', date: '2026-10-12', item: '楼道灯', spent_for: '维修', amount_fen: 12800, payee: '商户', brand: '雷士',
      model: 'E-NLED0012', quantity: '8个', unit_price_fen: 1600, photos: [PHOTO], takes_back: false, was_taken_back: false,
      why: null, asked: 2, answered: 1,
    }],
    incomes: [{ date: '2026-10-08', item: '物业费', kind: 'fee', amount_fen: 1234500 }],
  },
  'POST /books/lines/{id}/question': () => whole({ text: '为什么换了八个' }),
  'GET /people': {
    items: [{ id: 'keeper-1', name: '李卫东', role: '包保干部', employer: '县档案馆', phone: '0455-1234567', photo: null }], card: null,
  },
  'POST /people/{id}/message': { done: true },
  'GET /stations': {
    items: [{
      id: 'station-1', name: '暖新驿站（人民路）', address: '人民路12号', hours: '7:00–21:00', open: true, lat: 46.631, lng: 126.981,
      metres: 320, changes_at: at('20T21:00'), medicines: [{ name: '创可贴', amount: 40, expires_on: '2027-05-01' }],
      items: [
        { code: 'water', label: '热水', broken: false, since: null },
        { code: 'charger', label: '充电', broken: true, since: at('19T12:00') },
      ],
    }],
  },
  'POST /stations/{id}/broken': () => whole({ text: '驿站的热水坏了' }),
  'POST /questions': { answer: '在户籍所在地的社区就能办，带身份证。', source: '县人社局2026年第3号通知', valid_until: '2026-12-31', as_of: '2026-03-01', kept: false, words: '' },
  'GET /questions': page([{ id: 'q-1', text: '取暖费什么时候收', state: 'open', asked_at: at('12T09:00'), answer: null, answered_at: null }]),
  'GET /hazards': { found: 3, mended: 2, next: null, items: [line({ id: 'case-9', text: '楼道里飞线充电' })] },
  'GET /work/today': {
    items: [
      { case: line(), why: '等您接单', turns_red_at: at('20T12:00'), late: false, own: true },
      { case: line({ id: 'case-4', number: '2026-0004', text: '三单元下水道返水' }), why: '已经晚了', turns_red_at: at('20T08:00'), late: true, own: false },
    ],
    counts: { offered: 1, held: 2, late: 1, today: 1, below_open: 4, below_late: 1, below_today: 0, whistles: 0, problems: 0 }, more: 0,
  },
  'GET /work/cases/{id}': whole({ may: ['accept', 'return', 'transfer', 'progress', 'finish'] }),
  'GET /work/cases/{id}/receivers': { items: [{ id: 'post-2', label: '网格员周敏' }] },
  'POST /work/cases/{id}/accept': () => whole({ may: ['finish', 'progress'] }),
  'POST /work/cases/{id}/return': () => line(),
  'POST /work/cases/{id}/transfer': () => line(),
  'POST /work/cases/{id}/progress': () => whole(),
  'POST /work/cases/{id}/finish': () => whole({ state: 'finished', may: [] }),
  'GET /work/visits': {
    ...page(DOORS), cover: { since: '2026-01-01', visited: 46, met: 40, homes: 48 },
  },
  'POST /work/visits': { id: 'visit-1', cases: [] },
  'GET /work/rollcalls': { items: [{ id: 'call-1', title: '今晚清雪', text: '八点在小区门口集合，带铁锹。', until: at('20T20:30'), answered: false, answer: null }] },
  'POST /work/rollcalls/{id}': { done: true },
}

module.exports = { answers, me, line, whole, page, order, door, HOME, PLACE, DOORS, CONSENTS, CADRE, RIDER, FINISHED, NOW, at }
