/** The bills of my homes; what is open is paid together or one by one. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { inYuan } = require('../../lib/money')
const { payBills, endWords } = require('../../lib/paying')
const words = require('./words')

/** Bills that one order takes. */
const MOST = 20

const line = (one) => ({ ...one, amount: inYuan(one.amount_fen), left: inYuan(one.amount_fen - one.paid_fen) })

screen({
  words,
  often: true,
  data: { homes: [], home: 0, labels: [], lines: [], open: [], total: '', said: '' },

  async load() {
    const homes = (await hemei.whoAmI()).homes
    const home = Math.min(this.data.home, Math.max(homes.length - 1, 0))
    const query = homes.length ? { home_id: homes[home].id } : {}
    const bills = await hemei.api.all('bills', { query })
    // the oldest of them, because the newest stand first
    const open = bills.filter((one) => one.amount_fen > one.paid_fen && one.payable).slice(-MOST)
    const total = open.reduce((sum, one) => sum + one.amount_fen - one.paid_fen, 0)
    return {
      homes, home, labels: homes.map((one) => one.label), lines: bills.map(line), open: open.map((one) => one.id),
      total: total ? inYuan(total) : '',
    }
  },

  methods: {
    homePicked(event) {
      this.setData({ home: Number(event.detail.value), state: 'loading' })
      return this.refresh()
    },

    pay() {
      return this.act('pay', async () => {
        const end = await payBills(hemei, this.data.open)
        await this.refresh()
        this.setData({ said: endWords[end] })
      })
    },
  },
})
