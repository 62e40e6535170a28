namespace FlowDispatch.EntityFramework.Retention;

/// <summary>Statements of erasure that both providers share.</summary>
internal static class RetentionSql
{
    /// <summary>Takes off recipients who they are; which ones follows.</summary>
    public const string EraseRows = """
        UPDATE fd_recipients SET phone_number = '', contact_name = NULL, time_zone = NULL, variables = '{}', error_message = NULL, provider_message_id = NULL
        WHERE
        """ + " ";

    /// <summary>Takes words and messages' ids off their history; whose follows.</summary>
    public const string EraseHistory = "UPDATE fd_recipient_events SET message = NULL, provider_message_id = NULL WHERE ";
}
