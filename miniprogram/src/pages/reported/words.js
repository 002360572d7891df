module.exports = {
  title: '报上去了',
  number: '编号',
  who: '谁来管',
  whoLater: '社区值班台正在找该管的人。',
  due: '什么时候办好',
  tell: '办好了告诉我',
  told: '好，有进展就告诉您。',
  notTold: '没有打开提醒。随时能在“我的事”里看。',
  see: '看这件事',
}
