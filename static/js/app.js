// The only script of our own: menu, large type, expanding rows, printing, today's date, focus on errors.
// Everything reads and submits without it.
(function () {
  "use strict";
  var page = document.documentElement;
  page.classList.add("js");

  function closeMenu() {
    var side = document.getElementById("side");
    if (!side || !side.classList.contains("open")) { return; }
    side.classList.remove("open");
    document.querySelectorAll("[data-act=menu]").forEach(function (button) {
      button.setAttribute("aria-expanded", "false");
      button.focus();
    });
  }

  var acts = {
    menu: function (button) {
      var side = document.getElementById("side");
      var open = side.classList.toggle("open");
      button.setAttribute("aria-expanded", open);
      if (open) { side.querySelector("a").focus(); }
    },
    font: function (button) {
      var large = page.classList.toggle("hm-large");
      button.setAttribute("aria-pressed", large);
      button.form.elements.large.value = large ? "" : "1";
      fetch(button.form.action, {
        method: "POST",
        headers: { "X-CSRFToken": button.form.elements.csrfmiddlewaretoken.value, "Content-Type": "application/x-www-form-urlencoded" },
        body: "large=" + (large ? "1" : "")
      });
    },
    print: function () { window.print(); },
    expand: function (button) {
      var target = document.getElementById(button.getAttribute("aria-controls"));
      var open = button.getAttribute("aria-expanded") !== "true";
      if (!target) { return; }
      target.hidden = !open;
      button.setAttribute("aria-expanded", open);
      button.textContent = open ? "收起" : (button.dataset.more || "看明细");
      if (button.dataset.name) { button.setAttribute("aria-label", button.textContent + "：" + button.dataset.name); }
    },
    today: function (button) {
      var input = document.getElementById(button.getAttribute("aria-controls"));
      input.value = input.dataset.today;
      input.focus();
    },
    all: function (box) {
      document.querySelectorAll("input[type=checkbox]:is([name='" + box.dataset.of + "'], [name^='" + box.dataset.of + "-']):not(:disabled)").forEach(function (each) {
        each.checked = box.checked;
      });
    }
  };

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-act]");
    if (!button) {
      if (!event.target.closest("#side")) { closeMenu(); }
      return;
    }
    var act = acts[button.dataset.act];
    if (!act) { return; }
    if (button.type !== "checkbox") { event.preventDefault(); }
    act(button);
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { closeMenu(); }
  });

  // A second press must not send a form twice; the server refuses doubles as well.
  document.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (!button || event.target.method !== "post" || button.dataset.act) { return; }
    setTimeout(function () { button.disabled = true; }, 0);
    setTimeout(function () { button.disabled = false; }, 8000);
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { document.querySelectorAll("button:disabled[type=submit]").forEach(function (b) { b.disabled = false; }); }
  });

  function ready(scope) {
    scope.querySelectorAll("input[data-today]").forEach(function (input) {
      if (input.dataset.ready || !input.id || input.closest(".filters")) { return; }
      input.dataset.ready = "1";
      var row = document.createElement("div");
      var button = document.createElement("button");
      row.className = "input-hint";
      button.type = "button";
      button.className = "btn btn-outline-secondary";
      button.textContent = "今天";
      button.dataset.act = "today";
      button.setAttribute("aria-controls", input.id);
      input.parentNode.insertBefore(row, input);
      row.appendChild(input);
      row.appendChild(button);
    });
  }

  ready(document);
  document.addEventListener("htmx:afterSwap", function (event) { ready(event.target); });

  // On a phone the filter would fill the first screen: it is folded, unless something in it is wrong.
  if (window.matchMedia("(max-width: 767px)").matches) {
    document.querySelectorAll("details.fold").forEach(function (fold) { fold.open = Boolean(fold.querySelector(".invalid-feedback")); });
  }

  var errors = document.getElementById("error-summary");
  if (errors) { errors.focus(); }

  // A clock that runs, where the page shows the server's time.
  var clock = document.querySelector("[data-clock]");
  if (clock) {
    var offset = Date.parse(clock.dataset.clock) - Date.now();
    setInterval(function () {
      clock.textContent = new Date(Date.now() + offset).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
    }, 1000);
  }
})();
