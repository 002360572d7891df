/** Which doors the bar at the bottom shows: a rider needs other ones than a cadre. */
const words = require('./words')

const TABS = {
  today: { url: '/work/today/index', text: words.tabs.today, tab: false },
  report: { url: '/pages/report/index', text: words.tabs.report, tab: true },
  matters: { url: '/pages/matters/index', text: words.tabs.matters, tab: true },
  hazards: { url: '/pages/hazards/index', text: words.tabs.hazards, tab: true },
  town: { url: '/pages/town/index', text: words.tabs.town, tab: true },
  me: { url: '/pages/me/index', text: words.tabs.me, tab: true },
}

/** @param {string[]} roles @returns {boolean} somebody who has work of others to do */
const isCadre = (roles) => roles.includes('cadre')

/**
 * @param {{roles: string[], homes: unknown[]} | null} me null before the first login
 * @returns {{name: string, url: string, text: string, tab: boolean}[]} at most five
 */
function tabsOf(me) {
  const roles = me ? me.roles : []
  const names =
    isCadre(roles) ? ['today', 'report', 'matters', 'town', 'me']
    : roles.includes('rider') && !(me && me.homes.length) ? ['report', 'hazards', 'town', 'me']
    : ['report', 'matters', 'town', 'me']
  return names.map((name) => ({ name, ...TABS[name] }))
}

module.exports = { tabsOf, isCadre }
