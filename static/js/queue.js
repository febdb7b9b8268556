// What is pressed without a network is kept on this telephone and sent later, once. The server decides what it is worth.
// Without this script everything works as long as there is a network.
(function () {
  "use strict";
  var KEY = "huimin.queue", CONTEXT = "huimin.today", PROBE = 5000, FRESH = 15000;
  var place = document.getElementById("queue");
  if (!place || !window.localStorage || !window.fetch) { return; }
  var isSending = false;

  function read(name, fallback) {
    try { return JSON.parse(localStorage.getItem(name)) || fallback; } catch (error) { return fallback; }
  }
  function write(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)); return true; } catch (error) { return false; }
  }
  function newKey() {
    if (window.crypto && crypto.randomUUID) { return crypto.randomUUID(); }
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 15 | 64;
    bytes[8] = bytes[8] & 63 | 128;
    var hex = Array.from(bytes, function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  // Whose telephone this is at the moment and which shifts are today's: the offline page is filled from it.
  var context = read(CONTEXT, null);
  if (place.dataset.context) {
    var given = JSON.parse(place.dataset.context);
    if (!given.shifts.length && context && context.user === given.user && context.day === given.day) { given.shifts = context.shifts; }
    given.noted = Date.now();
    context = given;
    write(CONTEXT, context);
  }

  // --- keeping ---------------------------------------------------------------------------------------------------------

  function fieldsOf(form) {
    var fields = {};
    new FormData(form).forEach(function (value, name) {
      if (name === "csrfmiddlewaretoken" || name === "key" || typeof value !== "string") { return; }
      (fields[name] = fields[name] || []).push(value);
    });
    return fields;
  }

  function keep(form) {
    var kind = form.dataset.queue, queue = read(KEY, []), own = form.elements.key;
    var shift = form.dataset.shift || (form.elements.shift && form.elements.shift.value) || null;
    var isTwice = kind !== "consultation" && queue.some(function (entry) { return entry.kind === kind && entry.shift === shift; });
    if (!isTwice) {
      queue.push({
        key: own && own.value || newKey(), user: context && context.user, kind: kind, shift: shift, made: Date.now(),
        label: form.dataset.label || "", fields: kind === "consultation" ? fieldsOf(form) : {}, words: ""
      });
    }
    if (!write(KEY, queue)) { return tell("这台设备存不下离线记录：请先抄在纸上。"); }
    if (kind === "consultation") {
      form.reset();
      if (own) { own.value = newKey(); }
      document.dispatchEvent(new CustomEvent("huimin:kept"));
    }
    show();
    tell(isTwice ? "已经记在这台设备上，不用再按。" : "没有网络，已记在这台设备上，有网后自动补传。");
    place.scrollIntoView({ block: "center" });
  }

  // Before a form goes out, a short question whether the server is there: a browser's own answer is often wrong.
  function reach() {
    var stop = new AbortController();
    var timer = setTimeout(function () { stop.abort(); }, PROBE);
    return fetch(place.dataset.url, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" }, signal: stop.signal })
      .finally(function () { clearTimeout(timer); });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target, submitter = event.submitter;
    if (!form.dataset.queue || form.dataset.sure || (submitter && "plain" in submitter.dataset)) { return; }
    // A page that has just come proves the network; nothing typed can be lost with a button.
    if (form.dataset.queue !== "consultation" && navigator.onLine && !place.dataset.offline && performance.now() < FRESH) { return; }
    event.preventDefault();
    function go() {
      form.dataset.sure = "1";
      if (submitter) { submitter.disabled = false; }
      form.requestSubmit(submitter);
      delete form.dataset.sure;
    }
    function stay() {
      if (submitter) { submitter.disabled = false; }
      keep(form);
    }
    if (place.dataset.offline) { return stay(); }
    reach().then(go, stay);
  });

  // --- sending ---------------------------------------------------------------------------------------------------------

  function send(all) {
    var queue = read(KEY, []);
    if (isSending || !queue.length) { return Promise.resolve(); }
    isSending = true;
    return reach().then(function (answer) {
      var isOurs = answer.ok && (answer.headers.get("Content-Type") || "").indexOf("json") > 0;
      if (!isOurs) { throw new Error("请先登录，再补传离线记录。"); }
      return answer.json();
    }).then(function (server) {
      var clockOff = Math.round((Date.now() - server.now) / 1000);
      return queue.filter(function (entry) { return entry.user === server.user && (all || !entry.words); }).reduce(function (before, entry) {
        return before.then(function () { return sendOne(entry, server.token, clockOff); });
      }, Promise.resolve());
    }).then(function () {
      show();
    }, function (error) {
      show();
      if (error instanceof Error && error.name === "Error") { tell(error.message); }
    }).finally(function () { isSending = false; });
  }

  function sendOne(entry, token, clockOff) {
    return fetch(place.dataset.url, {
      method: "POST", credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({
        key: entry.key, kind: entry.kind, shift: entry.shift, fields: entry.fields,
        age: Math.round((Date.now() - entry.made) / 1000), clock_off: clockOff
      })
    }).then(function (answer) {
      return answer.json();
    }).then(function (result) {
      var queue = read(KEY, []);
      if (result.state === "taken") {
        write(KEY, queue.filter(function (each) { return each.key !== entry.key; }));
        done.push(result);
      } else {
        queue.forEach(function (each) { if (each.key === entry.key) { each.words = result.words || "没有补传成功"; } });
        write(KEY, queue);
      }
    });
  }

  // --- showing ---------------------------------------------------------------------------------------------------------

  var done = [];
  var part = function (name) { return place.querySelector("[data-part=" + name + "]"); };

  function tell(words) {
    place.hidden = false;
    part("state").textContent = words;
  }

  function clockOf(made) {
    return new Date(made).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
  }

  function line(title, detail, tagClass, tag) {
    var item = document.createElement("li"), text = document.createElement("span"), strong = document.createElement("strong");
    var sub = document.createElement("span"), mark = document.createElement("span");
    strong.textContent = title;
    sub.className = "sub";
    sub.textContent = detail;
    mark.className = "tag " + tagClass;
    mark.textContent = tag;
    text.append(strong, sub);
    item.append(text, mark);
    return item;
  }

  function button(words, act, key) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-outline-secondary btn-sm";
    made.textContent = words;
    made.dataset.queueAct = act;
    made.dataset.key = key;
    return made;
  }

  function show() {
    var queue = read(KEY, []), list = part("list"), mine = 0, others = 0;
    list.textContent = "";
    queue.forEach(function (entry) {
      if (context && entry.user !== context.user) { others += 1; return; }
      mine += 1;
      var item = line(entry.label || "离线记录", "设备记录 " + clockOf(entry.made) + (entry.words ? "　" + entry.words : "　等待网络"), entry.words ? "tag-bad" : "tag-warn", entry.words ? "没有补传" : "待补传");
      if (entry.words && entry.kind === "consultation" && !place.dataset.offline) { item.append(button("改好再存", "mend", entry.key)); }
      if (entry.words) { item.append(button("删除", "drop", entry.key)); }
      list.append(item);
    });
    done.forEach(function (result) {
      var item = line(result.words, "补传成功", "tag-ok", "已补传");
      if (result.url) {
        var link = document.createElement("a");
        link.href = result.url;
        link.className = "btn btn-outline-secondary btn-sm";
        link.textContent = "查看";
        item.append(link);
      }
      list.append(item);
    });
    place.hidden = !(mine || others || done.length);
    part("foot").hidden = !mine || Boolean(place.dataset.offline);
    part("state").textContent = mine ? mine + " 条待补传" : others ? "另有 " + others + " 条是别人登记的，由本人登录后补传" : done.length ? "全部补传完毕" : "";
  }

  // A refused consultation goes back to the form as a draft, where it is put right and saved.
  function mend(key) {
    var entry = read(KEY, []).filter(function (each) { return each.key === key; })[0];
    if (!entry) { return; }
    reach().then(function (answer) { return answer.json(); }).then(function (server) {
      var body = new URLSearchParams();
      Object.keys(entry.fields).forEach(function (name) { entry.fields[name].forEach(function (text) { body.append(name, text); }); });
      return fetch(place.dataset.draft, { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": server.token, Accept: "application/json" }, body: body });
    }).then(function (answer) {
      if (!answer.ok) { return tell("没有存成草稿：请稍后再试。"); }
      drop(key);
      location.href = place.dataset.new;
    }, function () { tell("没有网络，稍后再试。"); });
  }

  function drop(key) {
    write(KEY, read(KEY, []).filter(function (each) { return each.key !== key; }));
    show();
  }

  place.addEventListener("click", function (event) {
    var pressed = event.target.closest("[data-queue-act]");
    if (!pressed) { return; }
    var act = pressed.dataset.queueAct;
    if (act === "send") { tell("正在补传…"); send(true); }
    if (act === "drop") { drop(pressed.dataset.key); }
    if (act === "mend") { mend(pressed.dataset.key); }
  });

  window.addEventListener("online", function () { if (!place.dataset.offline) { send(false); } });
  show();
  if (!place.dataset.offline) {
    send(false);
    setInterval(function () { send(false); }, 60000);
    if (place.dataset.worker && "serviceWorker" in navigator && window.isSecureContext) {
      navigator.serviceWorker.register(place.dataset.worker).catch(function () { /* the queue works on open pages all the same */ });
    }
  }

  // --- the page that stands in when there is no network -----------------------------------------------------------------

  if (!place.dataset.offline) { return; }
  var isFresh = context && context.noted && Date.now() - context.noted < 18 * 3600 * 1000;
  var day = document.getElementById("offline-day"), none = document.getElementById("offline-none");
  if (!isFresh || !context.shifts.length) { return; }
  none.hidden = true;
  day.hidden = false;
  var sample = document.getElementById("offline-shift"), choose = document.getElementById("offline-choose");
  context.shifts.forEach(function (shift) {
    var card = sample.content.cloneNode(true);
    card.querySelector("[data-part=who]").textContent = shift.person;
    card.querySelector("[data-part=where]").textContent = shift.station + "　应到 " + shift.from + "　应离 " + shift.to;
    card.querySelectorAll("form").forEach(function (form) {
      form.dataset.shift = String(shift.id);
      form.dataset.label = shift.person + form.dataset.label;
    });
    day.insertBefore(card, day.firstChild);
    choose.append(new Option(shift.station + " " + shift.person, shift.id));
  });
  choose.closest("div").hidden = context.shifts.length < 2;
  var time = document.querySelector("#offline-form [name=time]");
  if (time) { time.value = clockOf(Date.now()); }
  window.addEventListener("online", function () { document.getElementById("offline-back").hidden = false; });
})();
