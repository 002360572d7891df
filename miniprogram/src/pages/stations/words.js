module.exports = {
  title: '附近驿站', hours: '开门', medicine: '药箱里有', and: '、', away: '离您', metres: '米', kilometres: '公里', way: '怎么走', broken: '坏了，报一下',
  reported: '记下了，谢谢您。', none: '附近还没有驿站。', noLocation: '要看离您最近的，请打开位置。', again: '打开位置再找', unasked: '要看离您多远，请先同意用精确位置。', agree: '去看看，再决定', closed: '没开门', open: '开着',
  brokenNow: '坏着',
}
