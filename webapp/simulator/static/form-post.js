"use strict";
// response_mode=form_post: the answer is a form that posts itself; without script the visitor presses the button.
document.getElementById("form-post").submit();
