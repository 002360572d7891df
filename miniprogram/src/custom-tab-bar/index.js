/** The bar at the bottom, by role: lib/roles.js says which doors. */
const hemei = require('../lib/hemei')
const { tabsOf } = require('../lib/roles')
const { offline } = require('../lib/words')

Component({
  properties: { here: { type: String, value: '' } },
  data: { tabs: tabsOf(null), at: '', big: false },
  lifetimes: {
    attached() {
      this.look()
    },
  },
  methods: {
    look() {
      const pages = getCurrentPages()
      const route = pages.length ? `/${pages[pages.length - 1].route}` : ''
      const tabs = tabsOf(hemei.me())
      const found = tabs.find((tab) => tab.url === route)
      this.setData({ tabs, at: this.data.here || (found ? found.name : ''), big: hemei.big() })
    },

    go(event) {
      const tab = this.data.tabs.find((one) => one.name === event.currentTarget.dataset.name)
      if (!tab || tab.name === this.data.at) return undefined
      const going = tab.tab ? hemei.platform.goTab(tab.url) : hemei.platform.restart(tab.url)
      // because a package that was never fetched needs a network
      return going.catch(() => hemei.platform.say(offline))
    },
  },
})
