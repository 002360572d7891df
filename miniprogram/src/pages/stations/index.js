/** The nearest three stations on a map; one tap says what is broken. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { fresh } = require('../../lib/ids')
const words = require('./words')

/** @param {number} metres */
const far = (metres) =>
  metres < 1000 ? `${Math.round(metres)}${words.metres}` : `${(metres / 1000).toFixed(1)}${words.kilometres}`

screen({
  words,
  open: true,
  data: { stations: [], markers: [], point: null, located: true, unasked: false, said: '' },

  async load() {
    /** @type {{lat: number, lng: number} | null} */
    let point = null
    try {
      point = await hemei.platform.here()
    } catch (error) {
      if (!(error instanceof hemei.platform.Refused)) throw error
    }
    const { got, unasked } = await this.near(point)
    const stations = got.items.map((one) => ({
      ...one, away: typeof one.metres === 'number' ? far(one.metres) : '',
    }))
    const placed = stations.filter((one) => one.lat !== null && one.lng !== null)
    const markers = placed.map((one, id) => ({ id, latitude: one.lat, longitude: one.lng, title: one.name, width: 28, height: 36 }))
    const middle = point || (placed[0] ? { lat: placed[0].lat, lng: placed[0].lng } : null)
    this.placed = placed
    return { stations, markers, point: middle, located: point !== null && !unasked, unasked }
  },

  methods: {
    /** Where somebody stands is told only with a consent of its own; without it there are stations all the same. */
    async near(point) {
      try {
        return { got: await hemei.api.ask('stations', { query: point || {}, open: true }), unasked: false }
      } catch (error) {
        if (!(error instanceof hemei.Trouble) || error.status !== 403) throw error
        return { got: await hemei.api.ask('stations', { open: true }), unasked: true }
      }
    },

    way(event) {
      return this.leadTo(this.data.stations[event.currentTarget.dataset.at])
    },

    marker(event) {
      return this.leadTo(this.placed[event.detail.markerId])
    },

    leadTo(one) {
      return hemei.platform.showOnMap(one.lat, one.lng, one.name)
    },

    broken(event) {
      const { id, item } = event.currentTarget.dataset
      return this.act('broken', async () => {
        await hemei.api.ask('station.broken', { id, body: { item, text: '' }, key: fresh() })
        this.setData({ said: words.reported })
        await this.refresh()
      })
    },
  },
})
