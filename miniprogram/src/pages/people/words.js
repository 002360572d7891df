module.exports = { title: '管我们楼的人', none: '还没有写到人，报事会到社区值班台。', call: '打电话', noHome: '绑定住的房子，就能看到是谁。', bind: '去绑定' }
