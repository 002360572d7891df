/** Who answers for my building: name, face, duty number. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const spots = require('../../lib/spot')

screen({
  words: require('./words'),
  often: true,
  data: { homes: [], home: 0, labels: [], people: [], nowhere: false },

  async load() {
    const homes = (await hemei.whoAmI()).homes
    const spot = spots.last(hemei.platform)
    const home = Math.min(this.data.home, Math.max(homes.length - 1, 0))
    const query =
      homes.length ? { home_id: homes[home].id } : spot && spot.place_id ? { place_id: spot.place_id } : null
    const labels = homes.map((one) => one.label)
    if (!query) return { homes, labels, people: [], nowhere: true }
    const got = await hemei.api.ask('people', { query })
    return { homes, home, labels, people: got.items, nowhere: false }
  },

  methods: {
    homePicked(event) {
      this.setData({ home: Number(event.detail.value), state: 'loading' })
      return this.refresh()
    },
  },
})
