/** The open books of an estate, month by month. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { maybeYuan } = require('../../lib/money')

const line = (one) => ({
  ...one, income: maybeYuan(one.income_fen), outlay: maybeYuan(one.outlay_fen), left: maybeYuan(one.left_fen),
})

screen({
  words: require('./words'),
  data: { lines: [] },

  async load() {
    return { lines: (await hemei.api.all('books.months')).map(line) }
  },
})
