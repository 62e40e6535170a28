using FlowDispatch.Contacts;
using FlowDispatch.Executions;

namespace FlowDispatch.Variables;

/// <summary>Under what sources know a person of an execution.</summary>
internal static class VariableKeys
{
    public static string Of(ExecutionId execution, ContactId contact) => $"{execution}/{contact}";
}
