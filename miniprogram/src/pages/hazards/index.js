/** A rider's own record: hazards found, hazards mended. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { row } = require('../../lib/story')

screen({
  words: require('./words'),
  often: true,
  data: { found: 0, mended: 0, lines: [] },

  async load() {
    const got = await hemei.api.ask('hazards')
    const now = hemei.now()
    return { found: got.found, mended: got.mended, lines: got.items.map((one) => row(one, now)) }
  },

  methods: {
    snap() {
      return hemei.platform.goTab('/pages/report/index')
    },
  },
})
