namespace FlowDispatch.CrashRun;

/// <summary>What was asked on the command line can't be done; the message says it in one line.</summary>
internal sealed class UsageException(string message) : Exception(message);
