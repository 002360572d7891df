module.exports = { title: '管我们楼的人', none: '还没有写到人，报事会到社区值班台。', call: '打电话', write: '留言', writeTo: '给他留言：', hint: '说一句，他会来找您', send: '发给他',
  sent: '带到了，他会来找您。', needed: '请写一句。', noHome: '绑定住的房子，就能看到是谁。', bind: '去绑定' }
