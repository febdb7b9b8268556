// Writing down a consultation: numbers on the keyboard choose chips, the draft keeps itself. All of it works without.
(function () {
  "use strict";
  var form = document.getElementById("record-form") || document.getElementById("offline-form");
  if (!form) { return; }

  // --- digits choose a chip: in the group that has the focus, else in the first one without a choice ---------------------

  var typed = "", timer = null;

  function groupFor(target) {
    var own = target.closest && target.closest("[data-numbered]");
    if (own) { return own; }
    if (target.closest && target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]")) { return null; }
    return Array.from(form.querySelectorAll("[data-numbered]")).filter(function (group) { return !group.querySelector("input:checked"); })[0] || null;
  }

  document.addEventListener("keydown", function (event) {
    if (!/^[0-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) { return; }
    var group = groupFor(event.target);
    if (!group) { return; }
    var radios = group.querySelectorAll("input[type=radio]");
    typed += event.key;
    if (Number(typed) > radios.length) { typed = event.key; }
    var chosen = radios[Number(typed) - 1];
    clearTimeout(timer);
    timer = setTimeout(function () { typed = ""; }, 900);
    if (!chosen) { return; }
    event.preventDefault();
    chosen.checked = true;
    chosen.focus();
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // --- the draft: every half minute on the server, at once on this device ------------------------------------------------

  if (!form.dataset.draft) { return; }
  var EVERY = Number(form.dataset.every || 30) * 1000;
  var PRIVATE = ["csrfmiddlewaretoken", "key", "client_name", "client_phone", "client_id_number"];
  var context = JSON.parse((document.getElementById("queue") || form).dataset.context || "{}");
  var NAME = "huimin.draft." + (context.user || 0);
  var state = document.getElementById("draft-state"), banner = document.getElementById("device-draft");
  var isChanged = false, isLeaving = false;

  function contents() {
    var fields = {};
    new FormData(form).forEach(function (value, name) {
      if (PRIVATE.indexOf(name) < 0 && typeof value === "string" && value) { (fields[name] = fields[name] || []).push(value); }
    });
    return fields;
  }

  function keepHere() {
    try { localStorage.setItem(NAME, JSON.stringify({ at: Date.now(), fields: contents() })); } catch (error) { /* the server has it */ }
  }

  function forget() {
    try { localStorage.removeItem(NAME); } catch (error) { /* nothing was kept */ }
  }

  function save() {
    if (!isChanged || isLeaving) { return; }
    isChanged = false;
    fetch(form.dataset.draft, { method: "POST", credentials: "same-origin", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) })
      .then(function (answer) {
        var isOurs = (answer.headers.get("Content-Type") || "").indexOf("json") > 0;
        if (!isOurs) { throw new Error(); }
        return answer.json();
      }).then(function (result) {
        state.textContent = result.words;
        forget();
      }).catch(function () {
        isChanged = true;
        keepHere();
        state.textContent = "没有网络，草稿先存在这台设备上（不含姓名、电话）";
      });
  }

  var soon = null;
  form.addEventListener("input", function () {
    isChanged = true;
    clearTimeout(soon);
    soon = setTimeout(keepHere, 1500);
  });
  form.addEventListener("submit", function (event) {
    if (!event.defaultPrevented || form.dataset.sure) { isLeaving = true; clearTimeout(soon); forget(); }
  });
  document.addEventListener("huimin:kept", function () { isChanged = false; clearTimeout(soon); forget(); });
  setInterval(save, EVERY);
  document.addEventListener("visibilitychange", function () { if (document.hidden) { save(); } });

  // What only this device has is offered, never put in by itself.
  var kept = null;
  try { kept = JSON.parse(localStorage.getItem(NAME)); } catch (error) { /* none */ }
  var isFilled = document.getElementById("draft-restored") || document.getElementById("error-summary") || document.getElementById("incomplete");
  if (kept && banner && !isFilled && Date.now() - kept.at < 24 * 3600 * 1000 && ((kept.fields.question || kept.fields.answer || kept.fields.matter))) {
    banner.hidden = false;
    banner.querySelector("[data-part=when]").textContent = new Date(kept.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
    banner.addEventListener("click", function (event) {
      var pressed = event.target.closest("[data-draft-act]");
      if (!pressed) { return; }
      if (pressed.dataset.draftAct === "restore") { restore(kept.fields); } else { forget(); }
      banner.hidden = true;
    });
  }

  function restore(fields) {
    Object.keys(fields).forEach(function (name) {
      form.querySelectorAll("[name='" + name + "']").forEach(function (input) {
        if (input.type === "radio" || input.type === "checkbox") { input.checked = fields[name].indexOf(input.value) >= 0; } else { input.value = fields[name][0]; }
      });
    });
    isChanged = true;
  }
})();
