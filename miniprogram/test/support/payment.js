/**
 * A home pays its bills through the pages, against a real hemei:  node payment.js  with HEMEI_BASE, HEMEI_OPENAPI and
 * HEMEI_TOKEN of its owner. What WeChat's own window would do is asked of POST /played/payment.
 * Says on its last line, as JSON, what was seen.
 */
const assert = require('node:assert/strict')
const { telephone, base } = require('./real')

async function main() {
  const stage = telephone(process.env.HEMEI_TOKEN)
  const { weixin } = stage
  const does = weixin.does.bind(weixin)
  weixin.does = (act, options) => {
    if (act !== 'requestPayment') return does(act, options)
    weixin.did.push({ act, options })
    stage.server.waiting += 1
    return fetch(`${base}/played/payment`, { method: 'POST', body: options.package })
      .then(() => options.success({}))
      .finally(() => { stage.server.waiting -= 1 })
  }
  const bills = await stage.open('pages/bills/index')
  const owed = bills.data.total
  await bills.tap('一起交', '.main')
  const said = bills.data.said
  const after = bills.data.lines.map((one) => one.state)
  bills.close()
  assert.deepEqual(Object.keys(weixin.of('requestPayment')[0]).sort(), ['fail', 'nonceStr', 'package', 'paySign', 'signType', 'success', 'timeStamp'])
  const receipts = await stage.open('pages/receipts/index')
  const { id, amount } = receipts.data.lines[0]
  receipts.close()
  const receipt = await stage.open('pages/receipt/index', { id })
  console.log(JSON.stringify({ owed, said, after, amount, receipt: receipt.text }))
  receipt.close()
}

main().then(() => process.exit(0), (error) => {
  console.error(error)
  process.exit(1)
})
