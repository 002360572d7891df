/** A rider's own record: hazards found, hazards mended. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { row } = require('../../lib/story')

screen({
  words: require('./words'),
  often: true,
  data: { found: 0, mended: 0, lines: [], next: null },

  async load() {
    const got = await hemei.api.ask('hazards')
    const now = hemei.now()
    return { found: got.found, mended: got.mended, lines: got.items.map((one) => row(one, now)), next: got.next }
  },

  methods: {
    more() {
      return this.act('more', async () => {
        const got = await hemei.api.ask('hazards', { query: { cursor: this.data.next } })
        const now = hemei.now()
        this.setData({ lines: [...this.data.lines, ...got.items.map((one) => row(one, now))], next: got.next })
      })
    },

    snap() {
      return hemei.platform.goTab('/pages/report/index')
    },
  },
})
