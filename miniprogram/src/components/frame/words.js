module.exports = { loading: '正在打开', again: '再试一次', cure: '去办', waiting: '用之前，请先看看您的信息怎么用。', read: '去看' }
