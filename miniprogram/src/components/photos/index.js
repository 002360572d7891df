/**
 * Pictures in a row; with `most` they can be taken and removed, and "change" says the new list
 * ({path, size, upload?, done?}). Pictures of the server are {url, small}.
 */
const platform = require('../../lib/platform')

Component({
  properties: {
    photos: { type: Array, value: [] },
    most: { type: Number, value: 0 },
    first: { type: Boolean, value: false },
    label: { type: String, value: '' },
  },
  data: { w: require('./words') },
  methods: {
    async add() {
      const left = this.data.most - this.data.photos.length
      let picked
      try {
        picked = await platform.pickPhotos(left)
      } catch (error) {
        if (error instanceof platform.Refused) return
        throw error
      }
      this.triggerEvent('change', { photos: [...this.data.photos, ...picked] })
    },

    remove(event) {
      const at = event.currentTarget.dataset.at
      const gone = this.data.photos[at]
      platform.removeFile(gone.path)
      this.triggerEvent('change', { photos: this.data.photos.filter((_, index) => index !== at) })
    },

    show(event) {
      /** @type {any[]} */
      const photos = this.data.photos
      const urls = photos.map((one) => one.path || one.url)
      return platform.showPhotos(urls, urls[event.currentTarget.dataset.at])
    },
  },
})
