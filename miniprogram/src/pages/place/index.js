/** Where it is: the door's code, here, the map, a home, or words. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const spots = require('../../lib/spot')
const { fromScan } = require('../../lib/scene')
const words = require('./words')

screen({
  words,
  data: { homes: [], q: '', found: null, half: null },

  /** `for=home`: a building to live in is looked for, not the place of a report. */
  load(query) {
    return { homes: query.for === 'home' ? [] : ((hemei.me() || {}).homes || []).map(spots.ofHome) }
  },

  methods: {
    scan() {
      return this.act('scan', async () => {
        const { scene, door } = fromScan(await hemei.platform.scan())
        const code = door || scene
        const got = code ? await hemei.api.ask('scene', { scene: code, open: true }) : { door: null }
        return got.door ? this.chosen({ ...spots.ofPlace(got.place), door: got.door }) : this.complain(words.notDoor)
      })
    },

    here() {
      return this.act('here', async () => {
        let point
        try {
          point = await hemei.platform.here()
        } catch (error) {
          if (!(error instanceof hemei.platform.Refused)) throw error
          return this.complain(words.noLocation)
        }
        return this.near(point, words.point)
      })
    },

    map() {
      return this.act('map', async () => {
        const { lat, lng, name } = await hemei.platform.pickPlace()
        return this.near({ lat, lng }, name || words.point)
      })
    },

    /** Estates near the point; the point itself is always among the choices. */
    async near(point, label) {
      const got = await hemei.api.ask('places', { query: point })
      this.setData({ found: [...got.items.map(spots.ofPlace), { label, ...point }] })
    },

    look() {
      const q = this.data.q.trim()
      if (!q) return undefined
      return this.act('look', async () => {
        const got = await hemei.api.ask('places', { query: { q } })
        this.setData({ found: got.items.map(spots.ofPlace) })
      })
    },

    choose(event) {
      const { at, list } = event.currentTarget.dataset
      const spot = this.data[list][at]
      return spot.units && spot.units.length ? this.setData({ half: spot }) : this.chosen(spot)
    },

    /** Of a building with several: which unit, or none that could be said. */
    unit(event) {
      const { unit } = event.currentTarget.dataset
      const { half } = this.data
      return this.chosen(unit ? { ...half, unit, label: `${half.label}${unit}${words.unit}` } : half)
    },

    chosen(spot) {
      if (this.query.for === 'home') spots.chooseHome(hemei.platform, spot)
      else spots.choose(hemei.platform, spot)
      return hemei.platform.back('/pages/report/index')
    },
  },
})
