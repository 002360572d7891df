/**
 * Paying bills. The server says what is owed and signs the request; here the amount is only shown. What WeChat says
 * in the telephone is not yet money: the order is asked until it knows.
 */
const { fresh } = require('./ids')

const TRIES = 5
const PAUSE = 1500

/**
 * @param {any} hemei @param {string[]} bills ids
 * @param {(ms: number) => Promise<void>} [pause]
 * @returns {Promise<"paid" | "waiting" | "cancelled">}
 */
async function payBills(hemei, bills, pause = (ms) => new Promise((done) => setTimeout(done, ms))) {
  const order = await hemei.api.ask('orders.make', { body: { bill_ids: bills }, key: fresh() })
  if (order.payment === null) return order.state === 'paid' ? 'paid' : 'waiting'
  try {
    await hemei.platform.pay(order.payment)
  } catch (error) {
    if (!(error instanceof hemei.platform.Refused)) throw error
    // because a payment may have gone through although its window was closed
    return (await settled(hemei, order.id)) ? 'paid' : 'cancelled'
  }
  for (let tried = 0; tried < TRIES; tried += 1) {
    if (await heard(hemei, order.id)) return 'paid'
    await pause(PAUSE)
  }
  return 'waiting'
}

const settled = async (hemei, id) => (await hemei.api.ask('order', { id })).state === 'paid'

/** While it is waited for, a network that is away says nothing of the money. */
const heard = (hemei, id) =>
  settled(hemei, id).catch((error) => {
    if (!(error instanceof hemei.Trouble) || !error.passes) throw error
    return false
  })

module.exports = { payBills }
