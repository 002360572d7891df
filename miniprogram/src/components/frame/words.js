module.exports = { loading: '正在打开', again: '再试一次', cure: '去办', waiting: '请先看完隐私说明' }
