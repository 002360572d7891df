/**
 * Paying bills. The server says what is owed and signs the request; here the amount is only shown. What WeChat says
 * in the telephone is not yet money: the order is asked until it knows.
 */
const words = require('./words')
const { fresh } = require('./ids')

const TRIES = 5
const PAUSE = 1500
const MONEY_CAME = ['paid', 'held']

/**
 * @param {any} hemei @param {string[]} bills ids
 * @param {(ms: number) => Promise<void>} [pause]
 * @returns {Promise<"paid" | "waiting" | "over" | "held" | "cancelled">}
 */
async function payBills(hemei, bills, pause = (ms) => new Promise((done) => setTimeout(done, ms))) {
  const order = await hemei.api.ask('orders.make', { body: { bill_ids: bills }, key: fresh() })
  if (order.payment === null) return order.state
  try {
    await hemei.platform.pay(order.payment)
  } catch (error) {
    if (!(error instanceof hemei.platform.Refused)) throw error
    // because a payment may have gone through although its window was closed
    const state = await stateOf(hemei, order.id)
    return MONEY_CAME.includes(state) ? state : 'cancelled'
  }
  for (let tried = 0; tried < TRIES; tried += 1) {
    const state = await heard(hemei, order.id)
    if (state !== 'waiting') return state
    await pause(PAUSE)
  }
  return 'waiting'
}

const stateOf = async (hemei, id) => (await hemei.api.ask('order', { id })).state

/** While it is waited for, a network that is away says nothing of the money. */
const heard = (hemei, id) =>
  stateOf(hemei, id).catch((error) => {
    if (!(error instanceof hemei.Trouble) || !error.passes) throw error
    return 'waiting'
  })

/** What to say of an end, by its name. */
const endWords = { paid: words.paid, waiting: words.unpaidYet, over: words.payOver, held: words.payHeld, cancelled: words.notPaid }

module.exports = { payBills, endWords }
