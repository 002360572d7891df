/** One receipt. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { inYuan } = require('../../lib/money')
const { moment } = require('../../lib/time')

screen({
  words: require('./words'),
  data: { one: null, amount: '', at: '', lines: [] },

  async load({ id }) {
    const one = await hemei.api.ask('receipt', { id })
    return {
      one, amount: inYuan(one.amount_fen), at: moment(one.paid_at, hemei.now()),
      lines: one.lines.map((line) => ({ ...line, amount: inYuan(line.amount_fen) })),
    }
  },
})
