module.exports = {
  title: '入户走访', todo: '没走到的', none: '都走到了。', waiting: '户存在手机里，还没报上去', sync: '现在报上去',
  cover: '今年走到', homes: '户', offline: '没有网络，看的是上回的名单。', unsent: '存着',
}
