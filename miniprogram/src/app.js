const hemei = require('./lib/hemei')

/** What waited goes, and the page that shows what waits hears of it. */
async function catchUp() {
  await hemei.catchUp()
  const [page] = getCurrentPages().slice(-1)
  if (page && page.waitingNow) page.waitingNow()
}

App({
  onLaunch() {
    hemei.platform.onOnline(catchUp)
  },

  onShow: catchUp,
})
