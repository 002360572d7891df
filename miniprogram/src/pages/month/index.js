/** One month: where the money went, each line to brand and model, with its voucher. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { yuan, inYuan } = require('../../lib/money')
const { date } = require('../../lib/time')
const { pictures } = require('../../lib/story')

screen({
  words: require('./words'),
  data: { one: null, income: '', outlay: '', left: '', lines: [], shares: [] },

  async load({ id }) {
    const one = await hemei.api.ask('books.month', { id })
    const now = hemei.now()
    return {
      one, income: yuan(one.income_fen), outlay: yuan(one.outlay_fen), left: yuan(one.left_fen), shares: one.shares,
      lines: one.lines.map((line) => ({
        ...line, amount: inYuan(line.amount_fen), at: date(line.date, now), photos: pictures(line.photos),
      })),
    }
  },
})
