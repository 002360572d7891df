/** Receipts of what was paid, newest first. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { inYuan } = require('../../lib/money')
const { date } = require('../../lib/time')

const line = (one) => ({ ...one, amount: inYuan(one.amount_fen), at: date(one.paid_at, hemei.now()) })

screen({
  words: require('./words'),
  data: { lines: [], next: null },

  async load() {
    const got = await hemei.api.ask('receipts')
    return { lines: got.items.map(line), next: got.next }
  },

  methods: {
    more() {
      return this.act('more', async () => {
        const got = await hemei.api.ask('receipts', { query: { cursor: this.data.next } })
        this.setData({ lines: [...this.data.lines, ...got.items.map(line)], next: got.next })
      })
    },
  },
})
