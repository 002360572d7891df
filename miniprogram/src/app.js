const hemei = require('./lib/hemei')

App({
  onLaunch() {
    hemei.platform.onOnline(() => hemei.catchUp())
  },

  onShow() {
    return hemei.catchUp()
  },
})
