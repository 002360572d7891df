/** Who I am here: homes, phone, large type, what I agreed to. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { isCadre } = require('../../lib/roles')
const words = require('./words')

screen({
  words,
  often: true,
  data: { me: null, home: '', cadre: false },

  async load() {
    const me = await hemei.whoAmI()
    this.setData({ big: hemei.big() })
    return { me, home: me.homes.length ? `${me.homes.length}${words.many}` : words.none, cadre: isCadre(me.roles) }
  },

  methods: {
    elder(event) {
      return this.act('elder', async () => {
        try {
          await hemei.setBig(event.detail.value)
        } finally {
          this.setData({ big: hemei.big() })
          const bar = this.getTabBar && this.getTabBar()
          if (bar) bar.look()
        }
      })
    },

    hazards() {
      return hemei.platform.goTab('/pages/hazards/index')
    },

    async leave() {
      if (!(await hemei.platform.ask(words.leave, words.leaveSure, words.yes, words.no))) return
      await hemei.leave()
      await hemei.platform.restart('/pages/report/index')
    },
  },
})
