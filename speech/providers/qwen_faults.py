"""What DashScope's codes mean: who has to act, and whether asking again can help.

Source: Model Studio's "Error messages" and the error tables of its file transcription models. A code decides where it
is known, the HTTP status where it is not.
"""

from enum import Enum, auto


class Fault(Enum):
    """REJECTED: this recording or request, for good. UNFETCHED: our address for it does not open, for good.
    OPERATOR: the key, the account or the model's name. PASSING: ask again. TASK: this task is lost, another may do.
    TIMEOUT: the service gave the task up. SILENT: no fault, nobody speaks. UNKNOWN: none of the codes we know."""

    REJECTED = auto()
    UNFETCHED = auto()
    OPERATOR = auto()
    PASSING = auto()
    TASK = auto()
    TIMEOUT = auto()
    SILENT = auto()
    UNKNOWN = auto()


_REJECTED = """
    file_check_failed file_too_large file_normalize_failed file_parse_failed mkv_parse_failed unsupported_format
    decode_error audio_duration_too_long no_valid_audio_error
    invalidparameter invalid_parameter badrequest datainspectionfailed data_inspection_failed
"""
_UNFETCHED = """
    file_403_forbidden file_404_not_found content_length_check_failed request_invalid_file_url_value
    invalidfile.downloadfailed
"""
_OPERATOR = """
    arrearage invalidapikey invalid_api_key accessdenied model.accessdenied workspace.accessdenied invalidaccesstoken
    allocationquota.freetieronly modelnotfound model_not_found model_not_supported model.notexist workspacenotfound
    notfound commoditynotpurchased prepaidbilloverdue postpaidbilloverdue
"""
_PASSING = """
    throttling limitrequests limit_requests insufficient_quota systemerror modelservicefailed requesttimeout
    modelservingerror modelunavailable internalerror
"""
_TASK = "file_server_error file_download_failed file_trans_task_expired"
_SILENT = "success_with_no_valid_fragment asr_response_have_no_words"

_BY_CODE = {
    code: fault
    for fault, codes in {
        Fault.REJECTED: _REJECTED,
        Fault.UNFETCHED: _UNFETCHED,
        Fault.OPERATOR: _OPERATOR,
        Fault.PASSING: _PASSING,
        Fault.TASK: _TASK,
        Fault.SILENT: _SILENT,
    }.items()
    for code in codes.split()
}
_OPERATOR_STATUSES = frozenset({401, 402, 403, 404, 405})
_PASSING_STATUSES = frozenset({408, 409, 429})
# The server gave up waiting for somebody behind it, who may have done what was asked.
_UNDECIDED_STATUSES = frozenset({408, 504})
_GAVE_UP = "internalerror.timeout"
_UNDECIDED_CODES = frozenset({"requesttimeout", _GAVE_UP})


def fault_of(code: str, status: int) -> Fault:
    """The fault of an answer with an HTTP `status` and a `code`, "" where it names none.

    `Throttling.RateQuota` is a `Throttling`: the part before a dot counts where the whole is unknown.
    """
    name = code.strip().lower()
    for known in (name, name.partition(".")[0]):
        if known in _BY_CODE:
            return _BY_CODE[known]
    return _fault_of_status(status)


def fault_of_task(code: str) -> Fault:
    """The fault of a task that failed with `code`: where a request is sent again, it takes another task."""
    if code.strip().lower() == _GAVE_UP:
        return Fault.TIMEOUT
    fault = fault_of(code, 200)
    return Fault.TASK if fault is Fault.PASSING else fault


def is_undecided(code: str, status: int) -> bool:
    """Whether such an answer leaves open if what was asked for was done."""
    return status in _UNDECIDED_STATUSES or code.strip().lower() in _UNDECIDED_CODES


def _fault_of_status(status: int) -> Fault:
    if status in _PASSING_STATUSES or status >= 500:
        return Fault.PASSING
    if status in _OPERATOR_STATUSES or 300 <= status < 400:
        return Fault.OPERATOR
    return Fault.REJECTED if status >= 400 else Fault.UNKNOWN
